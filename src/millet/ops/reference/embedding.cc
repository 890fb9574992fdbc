// The specification of ops/embedding.h.
#include "millet/core/error.h"
#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

void embedding(Context& ctx, ConstTensor table_tensor, ConstTensor ids_tensor, Tensor y_tensor) {
  const ConstView table(ctx, table_tensor), ids(ctx, ids_tensor);
  const View y(ctx, y_tensor);
  for (int64_t t = 0; t < y.size(0); ++t) {
    const int64_t id = ids.index(t);
    require(id >= -1 && id < table.size(0), "embedding: ids[{}] is {}; the table has {} rows", t, id, table.size(0));
    for (int64_t h = 0; h < y.size(1); ++h) y.set(id < 0 ? 0 : table(id, h), t, h);
  }
}

void embedding_backward(Context& ctx, ConstTensor dy_tensor, ConstTensor ids_tensor, Tensor dtable_tensor) {
  const ConstView dy(ctx, dy_tensor), ids(ctx, ids_tensor);
  const View dtable(ctx, dtable_tensor);
  for (int64_t t = 0; t < dy.size(0); ++t) {
    const int64_t id = ids.index(t);
    require(id >= -1 && id < dtable.size(0), "embedding_backward: ids[{}] is {}; the table has {} rows", t, id,
            dtable.size(0));
    if (id < 0) continue;
    for (int64_t h = 0; h < dy.size(1); ++h) dtable.set(dtable(id, h) + dy(t, h), id, h);
  }
}

}  // namespace millet::ops::reference
