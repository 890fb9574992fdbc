// The specification of ops/norm.h.
#include <cmath>

#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

void rms_norm(Context& ctx, ConstTensor x_tensor, ConstTensor weight_tensor, Tensor y_tensor, Tensor rstd_tensor,
              RmsNormOptions options) {
  const ConstView x(ctx, x_tensor), weight(ctx, weight_tensor);
  const View y(ctx, y_tensor), rstd(ctx, rstd_tensor);
  const int64_t T = x.size(0), H = x.size(1);
  for (int64_t t = 0; t < T; ++t) {
    double squares = 0;
    for (int64_t h = 0; h < H; ++h) squares += x(t, h) * x(t, h);
    const double r = 1 / std::sqrt(squares / static_cast<double>(H) + static_cast<double>(options.eps));
    for (int64_t h = 0; h < H; ++h) y.set(x(t, h) * r * weight(h), t, h);
    if (rstd) rstd.set(r, t);
  }
}

// With n = x · rstd and g = dy · weight:  dx = rstd · (g − n · mean(g · n)).
void rms_norm_backward_input(Context& ctx, ConstTensor dy_tensor, ConstTensor x_tensor, ConstTensor weight_tensor,
                             ConstTensor rstd_tensor, Tensor dx_tensor) {
  const ConstView dy(ctx, dy_tensor), x(ctx, x_tensor), weight(ctx, weight_tensor), rstd(ctx, rstd_tensor);
  const View dx(ctx, dx_tensor);
  const int64_t T = x.size(0), H = x.size(1);
  for (int64_t t = 0; t < T; ++t) {
    double mean = 0;
    for (int64_t h = 0; h < H; ++h) mean += dy(t, h) * weight(h) * x(t, h) * rstd(t) / static_cast<double>(H);
    for (int64_t h = 0; h < H; ++h) dx.set(rstd(t) * (dy(t, h) * weight(h) - x(t, h) * rstd(t) * mean), t, h);
  }
}

void rms_norm_backward_weight(Context& ctx, ConstTensor dy_tensor, ConstTensor x_tensor, ConstTensor rstd_tensor,
                              Tensor dweight_tensor) {
  const ConstView dy(ctx, dy_tensor), x(ctx, x_tensor), rstd(ctx, rstd_tensor);
  const View dweight(ctx, dweight_tensor);
  for (int64_t h = 0; h < x.size(1); ++h) {
    double sum = dweight(h);
    for (int64_t t = 0; t < x.size(0); ++t) sum += dy(t, h) * x(t, h) * rstd(t);
    dweight.set(sum, h);
  }
}

}  // namespace millet::ops::reference
