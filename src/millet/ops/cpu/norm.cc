// Normalisation on the CPU: cuts rows, or columns where sums run over rows, into tasks. Arithmetic: kernels/norm.cc.
#include "millet/ops/cpu/kernels/norm.h"

#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

void rms_norm(Context& ctx, ConstTensor x, ConstTensor weight, Tensor y, Tensor rstd, RmsNormOptions options) {
  const ConstRows from_x = rows_of(x, "rms_norm", "x");
  const Rows to = rows_of(y, "rms_norm", "y");
  const float* w = f32(weight, "rms_norm", "weight");
  float* r = rstd.empty() ? nullptr : f32(rstd, "rms_norm", "rstd");
  const NormKernels& k = *kernels(ctx).norm;
  for_rows(ctx, x.size(0), x.size(1), [&](int64_t first, int64_t count) {
    k.rms_norm(from(from_x, first), w, from(to, first), r == nullptr ? nullptr : r + first, count, x.size(1),
               options.eps);
  });
}

void rms_norm_backward_input(Context& ctx, ConstTensor dy, ConstTensor x, ConstTensor weight, ConstTensor rstd,
                             Tensor dx) {
  constexpr std::string_view op = "rms_norm_backward_input";
  const ConstRows from_dy = rows_of(dy, op, "dy"), from_x = rows_of(x, op, "x");
  const Rows to = rows_of(dx, op, "dx");
  const float* w = f32(weight, op, "weight");
  const float* r = f32(rstd, op, "rstd");
  const NormKernels& k = *kernels(ctx).norm;
  for_rows(ctx, x.size(0), 2 * x.size(1), [&](int64_t first, int64_t count) {
    k.rms_norm_backward_input(from(from_dy, first), from(from_x, first), w, r + first, from(to, first), count,
                              x.size(1));
  });
}

void rms_norm_backward_weight(Context& ctx, ConstTensor dy, ConstTensor x, ConstTensor rstd, Tensor dweight) {
  constexpr std::string_view op = "rms_norm_backward_weight";
  const ConstRows from_dy = rows_of(dy, op, "dy"), from_x = rows_of(x, op, "x");
  const float* r = f32(rstd, op, "rstd");
  float* to = f32(dweight, op, "dweight");
  const NormKernels& k = *kernels(ctx).norm;
  for_columns(ctx, x.size(0), x.size(1), [&](int64_t first, int64_t count) {
    k.rms_norm_backward_weight(from(from_dy, 0, first), from(from_x, 0, first), r, to + first, x.size(0), count);
  });
}

}  // namespace millet::ops::cpu
