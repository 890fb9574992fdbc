#include "millet/ops/gemm.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

// The three operands of a plain product, each a matrix of these sizes.
struct Extent {
  std::string_view name;
  const ConstTensor& tensor;
  int64_t rows, columns;
};

static void expect_product(std::string_view op, std::initializer_list<Extent> operands) {
  const ConstTensor& first = operands.begin()->tensor;
  expect_float(op, operands.begin()->name, first);
  for (const Extent& e : operands) {
    expect_shape(op, e.name, e.tensor, {e.rows, e.columns});
    expect_dtype(op, e.name, e.tensor, first.dtype());
  }
}

// A weight's value is there, or its packed copy stands for it.
static void expect_weight(std::string_view op, const Weight& w, const Shape& shape, DType dtype) {
  if (w.value.empty() && w.packed.empty()) fail("{}: w is absent; expected {}", op, to_string(shape));
  if (!(w.value.shape() == shape)) fail("{}: w is {}; expected {}", op, to_string(w.value), to_string(shape));
  expect_dtype(op, "w", w.value, dtype);
}

void gemm_nt(Context& ctx, ConstTensor x, const Weight& w, Tensor y, GemmOptions options) {
  expect_rank("gemm_nt", "x", x, 2);
  expect_rank("gemm_nt", "y", y, 2);
  const int64_t m = x.size(0), n = y.size(1), k = x.size(1);
  expect_product("gemm_nt", {{"x", x, m, k}, {"y", y, m, n}});
  expect_weight("gemm_nt", w, {n, k}, x.dtype());
  available(ctx, backend(ctx).gemm_nt, "gemm_nt")(ctx, x, w, y, options);
}

void gemm_nn(Context& ctx, ConstTensor x, ConstTensor w, Tensor y, GemmOptions options) {
  expect_rank("gemm_nn", "x", x, 2);
  expect_rank("gemm_nn", "w", w, 2);
  const int64_t m = x.size(0), n = x.size(1), k = w.size(1);
  expect_product("gemm_nn", {{"x", x, m, n}, {"w", w, n, k}, {"y", y, m, k}});
  available(ctx, backend(ctx).gemm_nn, "gemm_nn")(ctx, x, w, y, options);
}

void gemm_tn(Context& ctx, ConstTensor a, ConstTensor b, Tensor y, GemmOptions options) {
  expect_rank("gemm_tn", "a", a, 2);
  expect_rank("gemm_tn", "b", b, 2);
  const int64_t m = a.size(0), n = a.size(1), k = b.size(1);
  expect_product("gemm_tn", {{"a", a, m, n}, {"b", b, m, k}, {"y", y, n, k}});
  available(ctx, backend(ctx).gemm_tn, "gemm_tn")(ctx, a, b, y, options);
}

// A stack [E, N, K] and where each matrix's rows begin; what `begin` holds is the back end's to trust.
static void expect_stack(std::string_view op, std::string_view name, const ConstTensor& stack, int64_t n, int64_t k,
                         const ConstTensor& begin, DType dtype) {
  expect_rank(op, name, stack, 3);
  expect_shape(op, name, stack, {stack.size(0), n, k});
  expect_dtype(op, name, stack, dtype);
  expect_shape(op, "begin", begin, {stack.size(0) + 1});
  expect_dtype(op, "begin", begin, DType::i32);
}

void gemm_grouped_nt(Context& ctx, ConstTensor x, const Weight& w, ConstTensor begin, Tensor y) {
  expect_rank("gemm_grouped_nt", "x", x, 2);
  expect_rank("gemm_grouped_nt", "y", y, 2);
  const int64_t rows = x.size(0), k = x.size(1), n = y.size(1);
  expect_product("gemm_grouped_nt", {{"x", x, rows, k}, {"y", y, rows, n}});
  expect_weight("gemm_grouped_nt", w, {w.value.rank() == 3 ? w.value.size(0) : 1, n, k}, x.dtype());
  expect("gemm_grouped_nt", "begin", begin, {w.value.size(0) + 1}, DType::i32);
  available(ctx, backend(ctx).gemm_grouped_nt, "gemm_grouped_nt")(ctx, x, w, begin, y);
}

void gemm_grouped_nn(Context& ctx, ConstTensor x, ConstTensor w, ConstTensor begin, Tensor y) {
  expect_rank("gemm_grouped_nn", "x", x, 2);
  expect_rank("gemm_grouped_nn", "y", y, 2);
  const int64_t rows = x.size(0), n = x.size(1), k = y.size(1);
  expect_product("gemm_grouped_nn", {{"x", x, rows, n}, {"y", y, rows, k}});
  expect_stack("gemm_grouped_nn", "w", w, n, k, begin, x.dtype());
  available(ctx, backend(ctx).gemm_grouped_nn, "gemm_grouped_nn")(ctx, x, w, begin, y);
}

void gemm_grouped_tn(Context& ctx, ConstTensor a, ConstTensor b, ConstTensor begin, Tensor y, GemmOptions options) {
  expect_rank("gemm_grouped_tn", "a", a, 2);
  expect_rank("gemm_grouped_tn", "b", b, 2);
  const int64_t rows = a.size(0), n = a.size(1), k = b.size(1);
  expect_product("gemm_grouped_tn", {{"a", a, rows, n}, {"b", b, rows, k}});
  expect_stack("gemm_grouped_tn", "y", y, n, k, begin, a.dtype());
  available(ctx, backend(ctx).gemm_grouped_tn, "gemm_grouped_tn")(ctx, a, b, begin, y, options);
}

static void expect_packable(std::string_view op, const ConstTensor& w) {
  expect_float(op, "w", w);
  if (w.rank() != 2 && w.rank() != 3) fail("{}: w is {}; expected [N, K] or [E, N, K]", op, to_string(w));
}

int64_t gemm_packed_bytes(Context& ctx, ConstTensor w) {
  expect_packable("gemm_packed_bytes", w);
  return available(ctx, backend(ctx).gemm_packed_bytes, "gemm_packed_bytes")(ctx, w);
}

void gemm_pack(Context& ctx, ConstTensor w, Tensor packed) {
  expect_packable("gemm_pack", w);
  expect_dtype("gemm_pack", "packed", packed, DType::u8);
  expect_shape("gemm_pack", "packed", packed, {gemm_packed_bytes(ctx, w)});
  available(ctx, backend(ctx).gemm_pack, "gemm_pack")(ctx, w, packed);
}

}  // namespace millet::ops
