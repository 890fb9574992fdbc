#include "millet/nn/rms_norm.h"

#include <fmt/core.h>

#include "millet/ops/norm.h"

namespace millet::nn {

RmsNorm::RmsNorm(Parameters& parameters, std::string_view name, int64_t width, float eps)
    : weight_(&parameters.add(fmt::format("{}.weight", name), {width}, Role::vector)), eps_(eps) {}

void RmsNorm::forward(Context& ctx, ConstTensor x, Tensor y, Arena& keep, Saved& saved) const {
  saved.x = x;
  saved.rstd = keep.tensor(x.dtype(), {x.size(0)});
  ops::rms_norm(ctx, x, weight_->value, y, saved.rstd, {.eps = eps_});
}

void RmsNorm::backward_input(Context& ctx, ConstTensor dy, const Saved& saved, Tensor dx) const {
  ops::rms_norm_backward_input(ctx, dy, saved.x, weight_->value, saved.rstd, dx);
}

void RmsNorm::backward_weight(Context& ctx, ConstTensor dy, const Saved& saved) {
  if (weight_->trainable) ops::rms_norm_backward_weight(ctx, dy, saved.x, saved.rstd, weight_->grad);
}

}  // namespace millet::nn
