// The specification of ops/rope.h.
#include "millet/core/error.h"
#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

void rope(Context& ctx, ConstTensor x_tensor, ConstTensor cos_tensor, ConstTensor sin_tensor,
          ConstTensor positions_tensor, Tensor y_tensor, RopeOptions options) {
  const ConstView x(ctx, x_tensor), cos(ctx, cos_tensor), sin(ctx, sin_tensor), positions(ctx, positions_tensor);
  const View y(ctx, y_tensor);
  for (int64_t t = 0; t < x.size(0); ++t) {
    const int64_t p = positions.index(t);
    require(p >= 0 && p < cos.size(0), "rope: positions[{}] is {}; the table has {}", t, p, cos.size(0));
    for (int64_t n = 0; n < x.size(1); ++n) {
      for (int64_t i = 0; i < x.size(2) / 2; ++i) {
        const double c = cos(p, i), s = options.inverse ? -sin(p, i) : sin(p, i);
        const bool halves = options.pairs == RopePairs::halves;
        const int64_t a = halves ? i : 2 * i, b = halves ? i + x.size(2) / 2 : 2 * i + 1;
        const double first = x(t, n, a), second = x(t, n, b);
        y.set(first * c - second * s, t, n, a);
        y.set(first * s + second * c, t, n, b);
      }
    }
  }
}

}  // namespace millet::ops::reference
