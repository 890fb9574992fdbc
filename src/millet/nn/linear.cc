#include "millet/nn/linear.h"

#include <fmt/core.h>

#include "millet/ops/scratch.h"

namespace millet::nn {

Linear::Linear(Parameters& parameters, std::string_view name, int64_t out, int64_t in, Role role)
    : weight_(&parameters.add(fmt::format("{}.weight", name), {out, in}, role)) {}

void Linear::forward(Context& ctx, ConstTensor x, Tensor y, bool reuse) const {
  ops::gemm_nt(ctx, x, packed_.of(ctx, *weight_, reuse), y);
}

void Linear::backward_input(Context& ctx, ConstTensor dy, Tensor dx, bool accumulate) const {
  ops::gemm_nn(ctx, dy, weight_->value, dx, {.accumulate = accumulate});
}

void Linear::backward_weight(Context& ctx, ConstTensor dy, ConstTensor x) {
  if (weight_->trainable) ops::gemm_tn(ctx, dy, x, weight_->grad, {.accumulate = true});
}

Cost Linear::cost(int64_t rows) const {
  const int64_t packed = ops::packed_bytes_at_most(weight_->shape);
  return {.flops = flops(rows),
          .scratch_bytes = ops::product_scratch_bytes(weight_->shape),
          .packed_bytes = Buffer::footprint(packed)};
}

}  // namespace millet::nn
