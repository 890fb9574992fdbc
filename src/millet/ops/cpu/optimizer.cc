// AdamW on the CPU: cuts elements into tasks. Arithmetic: kernels/optimizer.cc. Muon: muon.cc.
#include <cmath>

#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

void adamw(Context& ctx, Tensor weight, ConstTensor grad, Tensor m, Tensor v, AdamWOptions o) {
  float* w = f32(weight, "adamw", "weight");
  const float* g = f32(grad, "adamw", "grad");
  float* mean = f32(m, "adamw", "m");
  float* square = f32(v, "adamw", "v");
  const auto rounded = [](double x) { return static_cast<float>(x); };
  const AdamWFactors factors = {.grad_scale = rounded(o.grad_scale),
                                .beta1 = rounded(o.beta1),
                                .rest1 = rounded(1 - o.beta1),
                                .beta2 = rounded(o.beta2),
                                .rest2 = rounded(1 - o.beta2),
                                .correction1 = rounded(1 - std::pow(o.beta1, static_cast<double>(o.step))),
                                .correction2 = rounded(1 - std::pow(o.beta2, static_cast<double>(o.step))),
                                .eps = rounded(o.eps),
                                .lr = rounded(o.lr),
                                .decay = rounded(o.lr * o.weight_decay)};
  const OptimizerKernels& k = *kernels(ctx).optimizer;
  for_rows(ctx, weight.elements(), 3, [&](int64_t first, int64_t count) {
    k.adamw(w + first, g + first, mean + first, square + first, count, factors);
  });
}

}  // namespace millet::ops::cpu
