#include "millet/nn/embedding.h"

#include <fmt/format.h>

#include <vector>

#include "millet/core/error.h"
#include "millet/ops/embedding.h"

namespace millet::nn {

Embedding::Embedding(Parameters& parameters, std::string_view name, int64_t vocabulary, int64_t hidden)
    : weight_(&parameters.add(fmt::format("{}.weight", name), {vocabulary, hidden}, Role::embedding)) {}

static void read_rows(Context& ctx, const Parameter& table, ConstTensor ids, Tensor y) {
  const int64_t rows = table.shape[0], hidden = table.shape[1];
  const std::vector<int32_t> id = to_host<int32_t>(ctx.device(), ids);
  for (size_t t = 0; t < id.size(); ++t)
    require(id[t] >= -1 && id[t] < rows, "embedding: ids[{}] is {}; the table has {} rows", t, id[t], rows);
  std::vector<float> values(id.size() * static_cast<size_t>(hidden));
  ctx.parallel_for(static_cast<int64_t>(id.size()), [&](int64_t t, int) {
    const auto at = static_cast<size_t>(t);
    if (id[at] >= 0)
      table.stored(id[at] * hidden,
                   std::span(values).subspan(at * static_cast<size_t>(hidden), static_cast<size_t>(hidden)));
  });
  from_host(ctx.device(), values, y);
}

void Embedding::forward(Context& ctx, ConstTensor ids, Tensor y) const {
  if (weight_->stored)
    read_rows(ctx, *weight_, ids, y);
  else
    ops::embedding(ctx, weight_->value, ids, y);
}

void Embedding::backward(Context& ctx, ConstTensor dy, ConstTensor ids) {
  if (weight_->trainable) ops::embedding_backward(ctx, dy, ids, weight_->grad);
}

}  // namespace millet::nn
