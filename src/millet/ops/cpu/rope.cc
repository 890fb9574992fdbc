// Rotary position embedding on the CPU: checks positions, cuts rows into tasks. Arithmetic: kernels/rope.cc.
#include "millet/ops/cpu/kernels/rope.h"

#include "millet/core/error.h"
#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

void rope(Context& ctx, ConstTensor x, ConstTensor cos, ConstTensor sin, ConstTensor positions, Tensor y,
          RopeOptions options) {
  const int32_t* at = i32(positions);
  for (int64_t t = 0; t < x.size(0); ++t)
    require(at[t] >= 0 && at[t] < cos.size(0), "rope: positions[{}] is {}; the table has {}", t, at[t], cos.size(0));
  const RopeBlock all = {.x = rows_of(x, "rope", "x"),
                         .x_head = x.stride(1),
                         .cos = rows_of(cos, "rope", "cos"),
                         .sin = rows_of(sin, "rope", "sin"),
                         .positions = at,
                         .y = rows_of(y, "rope", "y"),
                         .y_head = y.stride(1),
                         .rows = x.size(0),
                         .heads = x.size(1),
                         .width = x.size(2),
                         .inverse = options.inverse};
  const RopeKernels& k = *kernels(ctx).rope;
  const auto rotate = options.pairs == RopePairs::halves ? k.halves : k.neighbours;
  for_rows(ctx, all.rows, (all.heads + 1) * all.width, [&](int64_t first, int64_t count) {
    RopeBlock part = all;
    part.x = from(all.x, first);
    part.y = from(all.y, first);
    part.positions += first;
    part.rows = count;
    rotate(part);
  });
}

}  // namespace millet::ops::cpu
