#include "millet/nn/linear.h"

#include <fmt/core.h>

#include "millet/ops/elementwise.h"
#include "millet/ops/scratch.h"

namespace millet::nn {

Linear::Linear(Parameters& parameters, std::string_view name, int64_t out, int64_t in, LinearOptions options)
    : weight_(&parameters.add(fmt::format("{}.weight", name), {out, in}, options.role)) {
  if (options.bias) bias_ = &parameters.add(fmt::format("{}.bias", name), {out}, Role::bias);
}

void Linear::forward(Context& ctx, ConstTensor x, Tensor y, bool reuse) const {
  ops::gemm_nt(ctx, x, packed_.of(ctx, *weight_, reuse), y);
  if (bias_ == nullptr) return;
  const ConstTensor every_row(bias_->value.data(), y.dtype(), y.shape(), {0, 1});
  ops::add(ctx, y, every_row, y);
}

void Linear::backward_input(Context& ctx, ConstTensor dy, Tensor dx, bool accumulate) const {
  ops::gemm_nn(ctx, dy, weight_->value, dx, {.accumulate = accumulate});
}

void Linear::backward_weight(Context& ctx, ConstTensor dy, ConstTensor x) {
  if (weight_->trainable) ops::gemm_tn(ctx, dy, x, weight_->grad, {.accumulate = true});
  if (bias_ == nullptr || !bias_->trainable) return;
  // The sum of dy's rows is a product with ones: one chain over the rows, as a weight's.
  const ArenaScope scope(ctx.workspace());
  const Tensor one = ctx.workspace().tensor(dy.dtype(), {1, 1});
  ops::fill(ctx, one, 1);
  const ConstTensor ones(one.data(), dy.dtype(), {dy.size(0), 1}, {0, 1});
  ops::gemm_tn(ctx, ones, dy, bias_->grad.reshape({1, out()}), {.accumulate = true});
}

Cost Linear::cost(int64_t rows) const {
  const int64_t packed = ops::packed_bytes_at_most(weight_->shape);
  return {.flops = flops(rows),
          .scratch_bytes = ops::product_scratch_bytes(weight_->shape),
          .packed_bytes = Buffer::footprint(packed)};
}

}  // namespace millet::nn
