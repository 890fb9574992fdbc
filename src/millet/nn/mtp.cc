#include "millet/nn/mtp.h"

#include <fmt/core.h>

#include "millet/ops/elementwise.h"

namespace millet::nn {

Mtp::Mtp(Parameters& parameters, std::string_view name, const BlockDims& dims, int64_t layer, bool hidden_first)
    : hidden_first_(hidden_first),
      enorm_(parameters, fmt::format("{}.enorm", name), dims.hidden, dims.rms_norm_eps),
      hnorm_(parameters, fmt::format("{}.hnorm", name), dims.hidden, dims.rms_norm_eps),
      eh_proj_(parameters, fmt::format("{}.eh_proj", name), dims.hidden, 2 * dims.hidden),
      block_(parameters, name, dims, layer),
      norm_(parameters, fmt::format("{}.shared_head.norm", name), dims.hidden, dims.rms_norm_eps) {}

void Mtp::forward(Context& ctx, ConstTensor h, ConstTensor next_embedding, RopeTable& rope, Chunk& c) {
  Arena& keep = *c.block.keep;
  const int64_t T = h.size(0), H = h.size(1);
  c.joined = keep.tensor(h.dtype(), {T, 2 * H});
  enorm_.forward(ctx, next_embedding, embedding_half(c.joined), keep, c.enorm);
  hnorm_.forward(ctx, h, hidden_half(c.joined), keep, c.hnorm);
  const Tensor x = keep.tensor(h.dtype(), {T, H});
  eh_proj_.forward(ctx, c.joined, x, !c.block.batch->keep);
  c.block.x = x;
  c.block.y = keep.tensor(h.dtype(), {T, H});
  block_.forward(ctx, c.block, rope);
  c.hidden = keep.tensor(h.dtype(), {T, H});
  norm_.forward(ctx, c.block.y, c.hidden, keep, c.norm);
}

void Mtp::backward(Context& ctx, ConstTensor dhidden, Tensor dh, Tensor dnext_embedding, RopeTable& rope, Chunk& c) {
  Arena& keep = *c.block.keep;
  const int64_t T = dh.size(0), H = dh.size(1);
  const Tensor dy = keep.tensor(dh.dtype(), {T, H});
  norm_.backward_input(ctx, dhidden, c.norm, dy);
  norm_.backward_weight(ctx, dhidden, c.norm);
  c.block.dy = dy;
  c.block.dx = keep.tensor(dh.dtype(), {T, H});
  block_.backward(ctx, c.block, rope);

  const ArenaScope scope(ctx.workspace());
  const Tensor djoined = ctx.workspace().tensor(dh.dtype(), {T, 2 * H});
  eh_proj_.backward_input(ctx, c.block.dx, djoined);
  eh_proj_.backward_weight(ctx, c.block.dx, c.joined);
  const Tensor de = embedding_half(djoined), dhn = hidden_half(djoined);
  enorm_.backward_weight(ctx, de, c.enorm);
  enorm_.backward_input(ctx, de, c.enorm, dnext_embedding);
  hnorm_.backward_weight(ctx, dhn, c.hnorm);
  const Tensor dh_here = ctx.workspace().tensor(dh.dtype(), {T, H});
  hnorm_.backward_input(ctx, dhn, c.hnorm, dh_here);
  ops::add(ctx, dh, dh_here, dh);
}

Cost Mtp::cost(int64_t rows, int64_t context) const {
  const int64_t H = eh_proj_.out();
  const int64_t TH = rows * H;
  Cost c = eh_proj_.cost(rows);
  c.scratch_bytes += arena_bytes(2 * TH, TH);  // djoined, dh
  c += block_.cost(rows, context);
  c.saved_bytes += arena_bytes(2 * TH, rows, rows, TH, TH, TH, rows);  // joined, x, y, hidden and three rstd
  c.gradient_bytes += arena_bytes(TH, TH);                             // dy, dx
  return c;
}

}  // namespace millet::nn
