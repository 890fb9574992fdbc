#include "millet/nn/local_exchange.h"

#include <vector>

#include "millet/core/error.h"
#include "millet/ops/permute.h"

namespace millet::nn {

// A counting sort by expert; rows of one expert stay in token order.
Route LocalExchange::route(Context& ctx, ConstTensor expert, Arena& keep) {
  const int64_t tokens = expert.size(0);
  const int64_t k = expert.size(1);
  const std::vector<int32_t> ids = to_host<int32_t>(ctx.device(), expert);
  std::vector<int32_t> begin(static_cast<size_t>(n_experts_ + 1), 0);
  for (const int32_t e : ids) {
    require(e >= -1 && e < n_experts_, "expert exchange: expert {} of {}", e, n_experts_);
    if (e >= 0) ++begin[static_cast<size_t>(e) + 1];
  }
  for (size_t e = 0; e < static_cast<size_t>(n_experts_); ++e) begin[e + 1] += begin[e];
  const auto rows = static_cast<size_t>(begin.back());

  std::vector<int32_t> fill(begin.begin(), begin.end() - 1);
  std::vector<int32_t> source(rows), source_slot(rows), slot(ids.size(), -1);
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0) continue;
    const int32_t row = fill[static_cast<size_t>(ids[i])]++;
    source[static_cast<size_t>(row)] = static_cast<int32_t>(i / static_cast<size_t>(k));
    source_slot[static_cast<size_t>(row)] = static_cast<int32_t>(i);
    slot[i] = row;
  }
  return {.rows = static_cast<int64_t>(rows),
          .begin = keep.ids(begin),
          .source = keep.ids(source),
          .source_slot = keep.ids(source_slot),
          .slot = keep.ids(slot).reshape({tokens, k})};
}

Move LocalExchange::scatter(Context& ctx, const Route& route, ConstTensor x, ConstTensor gate, Tensor rows,
                            Tensor row_gate) {
  if (!x.empty()) ops::gather_rows(ctx, x, route.source, rows);
  if (!gate.empty()) ops::gather_rows(ctx, gate.reshape({gate.elements()}), route.source_slot, row_gate);
  return {};
}

Move LocalExchange::gather(Context& ctx, const Route& route, ConstTensor rows, ConstTensor row_gate, Tensor y,
                           Tensor gate) {
  if (!rows.empty()) ops::combine_rows(ctx, rows, route.slot, y);
  if (!row_gate.empty()) {
    // One row of width 1 for each (token, slot): the same move with k = 1.
    const int64_t pairs = gate.elements();
    ops::combine_rows(ctx, row_gate.reshape({route.rows, 1}), route.slot.reshape({pairs, 1}), gate.reshape({pairs, 1}));
  }
  return {};
}

}  // namespace millet::nn
