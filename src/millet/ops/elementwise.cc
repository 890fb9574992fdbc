#include "millet/ops/elementwise.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

static void expect_there(std::string_view op, std::string_view operand, const ConstTensor& t) {
  require(!t.empty(), "{}: {} is absent", op, operand);
}

void fill(Context& ctx, Tensor y, double value) {
  expect_there("fill", "y", y);
  expect_float("fill", "y", y);
  available(ctx, backend(ctx).fill, "fill")(ctx, y, value);
}

void copy(Context& ctx, ConstTensor x, Tensor y) {
  expect_there("copy", "x", x);
  expect("copy", "y", y, x.shape(), x.dtype());
  available(ctx, backend(ctx).copy, "copy")(ctx, x, y);
}

void add(Context& ctx, ConstTensor a, ConstTensor b, Tensor y) {
  expect_there("add", "a", a);
  expect_float("add", "a", a);
  expect("add", "b", b, a.shape(), a.dtype());
  expect("add", "y", y, a.shape(), a.dtype());
  available(ctx, backend(ctx).add, "add")(ctx, a, b, y);
}

void scale(Context& ctx, ConstTensor x, double factor, Tensor y) {
  expect_there("scale", "x", x);
  expect_float("scale", "x", x);
  expect("scale", "y", y, x.shape(), x.dtype());
  available(ctx, backend(ctx).scale, "scale")(ctx, x, factor, y);
}

void scale_rows(Context& ctx, ConstTensor x, ConstTensor weight, Tensor y) {
  expect_rank("scale_rows", "x", x, 2);
  expect_float("scale_rows", "x", x);
  expect("scale_rows", "weight", weight, {x.size(0)}, x.dtype());
  expect("scale_rows", "y", y, x.shape(), x.dtype());
  available(ctx, backend(ctx).scale_rows, "scale_rows")(ctx, x, weight, y);
}

void row_dot(Context& ctx, ConstTensor a, ConstTensor b, Tensor y) {
  expect_rank("row_dot", "a", a, 2);
  expect_float("row_dot", "a", a);
  expect("row_dot", "b", b, a.shape(), a.dtype());
  expect("row_dot", "y", y, {a.size(0)}, a.dtype());
  available(ctx, backend(ctx).row_dot, "row_dot")(ctx, a, b, y);
}

void broadcast_heads(Context& ctx, ConstTensor x, Tensor y) {
  expect_rank("broadcast_heads", "y", y, 3);
  expect_float("broadcast_heads", "y", y);
  expect("broadcast_heads", "x", x, {y.size(0), y.size(2)}, y.dtype());
  available(ctx, backend(ctx).broadcast_heads, "broadcast_heads")(ctx, x, y);
}

void sum_heads(Context& ctx, ConstTensor dy, Tensor dx) {
  expect_rank("sum_heads", "dy", dy, 3);
  expect_float("sum_heads", "dy", dy);
  expect("sum_heads", "dx", dx, {dy.size(0), dy.size(2)}, dy.dtype());
  available(ctx, backend(ctx).sum_heads, "sum_heads")(ctx, dy, dx);
}

double sum_of_squares(Context& ctx, ConstTensor x) {
  expect_there("sum_of_squares", "x", x);
  expect_float("sum_of_squares", "x", x);
  return available(ctx, backend(ctx).sum_of_squares, "sum_of_squares")(ctx, x);
}

}  // namespace millet::ops
