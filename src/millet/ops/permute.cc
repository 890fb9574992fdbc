#include "millet/ops/permute.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

void gather_rows(Context& ctx, ConstTensor x, ConstTensor source, Tensor y) {
  if (x.rank() != 1 && x.rank() != 2) fail("gather_rows: x is {}; expected [T, H] or [T]", to_string(x));
  expect_rank("gather_rows", "source", source, 1);
  expect_dtype("gather_rows", "source", source, DType::i32);
  const Shape shape = x.rank() == 1 ? Shape{source.size(0)} : Shape{source.size(0), x.size(1)};
  expect("gather_rows", "y", y, shape, x.dtype());
  available(ctx, backend(ctx).gather_rows, "gather_rows")(ctx, x, source, y);
}

void combine_rows(Context& ctx, ConstTensor rows, ConstTensor slot, Tensor y) {
  expect_rank("combine_rows", "rows", rows, 2);
  expect_float("combine_rows", "rows", rows);
  expect_rank("combine_rows", "slot", slot, 2);
  expect_dtype("combine_rows", "slot", slot, DType::i32);
  expect("combine_rows", "y", y, {slot.size(0), rows.size(1)}, rows.dtype());
  available(ctx, backend(ctx).combine_rows, "combine_rows")(ctx, rows, slot, y);
}

}  // namespace millet::ops
