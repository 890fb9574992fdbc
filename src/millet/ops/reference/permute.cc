// The specification of ops/permute.h.
#include "millet/core/error.h"
#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

void gather_rows(Context& ctx, ConstTensor x_tensor, ConstTensor source_tensor, Tensor y_tensor) {
  const ConstView source(ctx, source_tensor);
  for (int64_t r = 0; r < source.size(0); ++r) {
    const int64_t t = source.index(r);
    require(t >= 0 && t < x_tensor.size(0), "gather_rows: source[{}] is {}; x has {} rows", r, t, x_tensor.size(0));
    const ConstView x(ctx, x_tensor.select(t));
    const View y(ctx, y_tensor.select(r));
    if (x_tensor.rank() == 1) {
      y.set_element(x);
    } else {
      for (int64_t h = 0; h < x_tensor.size(1); ++h) y.set_element(x, h);
    }
  }
}

void combine_rows(Context& ctx, ConstTensor rows_tensor, ConstTensor slot_tensor, Tensor y_tensor) {
  const ConstView rows(ctx, rows_tensor), slot(ctx, slot_tensor);
  const View y(ctx, y_tensor);
  for (int64_t t = 0; t < y.size(0); ++t) {
    for (int64_t s = 0; s < slot.size(1); ++s) {
      const int64_t r = slot.index(t, s);
      require(r >= -1 && r < rows.size(0), "combine_rows: slot[{}, {}] is {}; there are {} rows", t, s, r,
              rows.size(0));
    }
    for (int64_t h = 0; h < y.size(1); ++h) {
      double sum = 0;
      for (int64_t s = 0; s < slot.size(1); ++s) {
        if (slot.index(t, s) >= 0) sum += rows(slot.index(t, s), h);
      }
      y.set(sum, t, h);
    }
  }
}

}  // namespace millet::ops::reference
