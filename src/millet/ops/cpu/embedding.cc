// Token embedding on the CPU: checks ids, copies rows; gradients cut by columns. Arithmetic: kernels/embedding.cc.
#include "millet/ops/cpu/kernels/embedding.h"

#include <cstring>

#include "millet/core/error.h"
#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

static void expect_ids(std::string_view op, const ConstTensor& ids, int64_t vocabulary) {
  for (int64_t t = 0; t < ids.size(0); ++t) {
    const int32_t id = i32(ids)[t];
    require(id >= -1 && id < vocabulary, "{}: ids[{}] is {}; the table has {} rows", op, t, id, vocabulary);
  }
}

void embedding(Context& ctx, ConstTensor table, ConstTensor ids, Tensor y) {
  expect_ids("embedding", ids, table.size(0));
  const ConstRows from_table = rows_of(table, "embedding", "table");
  const Rows to = rows_of(y, "embedding", "y");
  const int32_t* id = i32(ids);
  const auto bytes = static_cast<size_t>(y.size(1)) * sizeof(float);
  for_rows(ctx, y.size(0), y.size(1), [&](int64_t first, int64_t count) {
    for (int64_t t = first; t < first + count; ++t) {
      if (id[t] < 0)
        std::memset(to.at + t * to.stride, 0, bytes);
      else
        std::memcpy(to.at + t * to.stride, from_table.at + id[t] * from_table.stride, bytes);
    }
  });
}

void embedding_backward(Context& ctx, ConstTensor dy, ConstTensor ids, Tensor dtable) {
  expect_ids("embedding_backward", ids, dtable.size(0));
  const ConstRows from_dy = rows_of(dy, "embedding_backward", "dy");
  const Rows to = rows_of(dtable, "embedding_backward", "dtable");
  const EmbeddingKernels& k = *kernels(ctx).embedding;
  for_columns(ctx, dy.size(0), dy.size(1), [&](int64_t first, int64_t count) {
    k.backward(from(from_dy, 0, first), i32(ids), from(to, 0, first), dy.size(0), count);
  });
}

}  // namespace millet::ops::cpu
