#include "millet/ops/rope.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

void rope(Context& ctx, ConstTensor x, ConstTensor cos, ConstTensor sin, ConstTensor positions, Tensor y,
          RopeOptions options) {
  expect_rank("rope", "x", x, 3);
  expect_float("rope", "x", x);
  if (x.size(2) % 2 != 0) fail("rope: x is {}; its last dimension must be even, it is rotated in pairs", to_string(x));
  expect_rank("rope", "cos", cos, 2);
  expect("rope", "cos", cos, {cos.size(0), x.size(2) / 2}, x.dtype());
  expect("rope", "sin", sin, cos.shape(), x.dtype());
  expect("rope", "positions", positions, {x.size(0)}, DType::i32);
  expect("rope", "y", y, x.shape(), x.dtype());
  available(ctx, backend(ctx).rope, "rope")(ctx, x, cos, sin, positions, y, options);
}

}  // namespace millet::ops
