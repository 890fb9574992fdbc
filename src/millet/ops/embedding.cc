#include "millet/ops/embedding.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

void embedding(Context& ctx, ConstTensor table, ConstTensor ids, Tensor y) {
  constexpr std::string_view op = "embedding";
  expect_rank(op, "table", table, 2);
  expect_float(op, "table", table);
  expect_rank(op, "ids", ids, 1);
  expect_dtype(op, "ids", ids, DType::i32);
  expect(op, "y", y, {ids.size(0), table.size(1)}, table.dtype());
  available(ctx, backend(ctx).embedding, op)(ctx, table, ids, y);
}

void embedding_backward(Context& ctx, ConstTensor dy, ConstTensor ids, Tensor dtable) {
  constexpr std::string_view op = "embedding_backward";
  expect_rank(op, "dtable", dtable, 2);
  expect_float(op, "dtable", dtable);
  expect_rank(op, "ids", ids, 1);
  expect_dtype(op, "ids", ids, DType::i32);
  expect(op, "dy", dy, {ids.size(0), dtable.size(1)}, dtable.dtype());
  available(ctx, backend(ctx).embedding_backward, op)(ctx, dy, ids, dtable);
}

}  // namespace millet::ops
