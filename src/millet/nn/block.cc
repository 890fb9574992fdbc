#include "millet/nn/block.h"

#include <fmt/core.h>

#include "millet/nn/local_exchange.h"
#include "millet/ops/elementwise.h"

namespace millet::nn {

Block::Block(Parameters& parameters, std::string_view name, const BlockDims& dims, int64_t layer,
             std::unique_ptr<ExpertExchange> exchange)
    : dims_(dims),
      layer_(layer),
      input_layernorm_(parameters, fmt::format("{}.input_layernorm", name), dims.hidden, dims.rms_norm_eps),
      self_attn_(parameters, fmt::format("{}.self_attn", name), dims.attention),
      post_attention_layernorm_(parameters, fmt::format("{}.post_attention_layernorm", name), dims.hidden,
                                dims.rms_norm_eps),
      exchange_(std::move(exchange)) {
  const int64_t H = dims.hidden;
  if (!dims.is_moe) {
    mlp_.emplace(parameters, fmt::format("{}.mlp", name), H, dims.intermediate);
    return;
  }
  router_.emplace(parameters, fmt::format("{}.mlp.gate", name), dims.router);
  experts_.emplace(
      parameters, fmt::format("{}.mlp.experts", name),
      ExpertsDims{.hidden = H, .intermediate = dims.moe_intermediate, .n_experts = dims.router.n_routed_experts});
  if (dims.n_shared_experts > 0) {
    mlp_.emplace(parameters, fmt::format("{}.mlp.shared_experts", name), H,
                 dims.n_shared_experts * dims.moe_intermediate);
  }
  if (!exchange_) exchange_ = std::make_unique<LocalExchange>(dims.router.n_routed_experts);
}

void Block::run(Context& ctx, Piece piece, Chunk& c, RopeTable& rope) {
  switch (piece) {
    case Piece::attention:
      return attention(ctx, c, rope);
    case Piece::dispatch:
      return dispatch(ctx, c);
    case Piece::experts:
      return experts(ctx, c);
    case Piece::combine:
      return combine(ctx, c);
    case Piece::finish:
      return finish(ctx, c);
    case Piece::combine_b:
      return combine_b(ctx, c);
    case Piece::experts_b:
      return experts_b(ctx, c);
    case Piece::dispatch_b:
      return dispatch_b(ctx, c);
    case Piece::experts_w:
      return experts_w(ctx, c);
    case Piece::attention_b:
      return attention_b(ctx, c, rope);
    case Piece::attention_w:
      return attention_w(ctx, c);
  }
}

// h = x + attention(norm(x));  u = norm(h);  who of the experts gets which row.
void Block::attention(Context& ctx, Chunk& c, RopeTable& rope) {
  Arena& keep = *c.keep;
  const Tensor normed = keep.tensor(c.x.dtype(), c.x.shape());
  input_layernorm_.forward(ctx, c.x, normed, keep, c.attention_norm);
  c.h = keep.tensor(c.x.dtype(), c.x.shape());
  self_attn_.forward(ctx, *c.batch, normed, rope, layer_, c.h, keep, c.attention);
  ops::add(ctx, c.x, c.h, c.h);
  c.u = keep.tensor(c.x.dtype(), c.x.shape());
  post_attention_layernorm_.forward(ctx, c.h, c.u, keep, c.ffn_norm);
  if (router_) {
    router_->forward(ctx, *c.batch, c.u, keep, c.router);
    c.route = exchange_->route(ctx, c.router.expert, keep);
  }
}

void Block::dispatch(Context& ctx, Chunk& c) {
  if (!experts_) return;
  c.rows = c.keep->tensor(c.x.dtype(), {c.route.rows, dims_.hidden});
  c.row_gate = c.keep->tensor(c.x.dtype(), {c.route.rows});
  c.move = exchange_->scatter(ctx, c.route, c.u, c.router.gate, c.rows, c.row_gate);
}

// The shared part needs nothing from the exchange and runs while rows travel.
void Block::experts(Context& ctx, Chunk& c) {
  const bool reuse = !c.batch->keep;
  if (mlp_) {
    c.feed_forward = c.keep->tensor(c.x.dtype(), c.x.shape());
    mlp_->forward(ctx, c.u, c.feed_forward, reuse, *c.keep, c.mlp);
  }
  if (!experts_) return;
  c.move.wait();
  c.expert_rows = c.keep->tensor(c.x.dtype(), c.rows.shape());
  experts_->forward(ctx, c.rows, c.row_gate, c.route.begin, c.expert_rows, reuse, *c.keep, c.experts);
}

void Block::combine(Context& ctx, Chunk& c) {
  if (!experts_) return;
  c.routed = c.keep->tensor(c.x.dtype(), c.x.shape());
  c.move = exchange_->gather(ctx, c.route, c.expert_rows, {}, c.routed, {});
}

// y = h + (routed + shared): the shared expert is added last, then the residual stream.
void Block::finish(Context& ctx, Chunk& c) {
  if (!experts_) return ops::add(ctx, c.h, c.feed_forward, c.y);
  c.move.wait();
  if (mlp_) ops::add(ctx, c.routed, c.feed_forward, c.routed);
  ops::add(ctx, c.h, c.routed, c.y);
}

void Block::combine_b(Context& ctx, Chunk& c) {
  if (!experts_) return;
  c.dexpert_rows = c.keep->tensor(c.dy.dtype(), c.rows.shape());
  c.move = exchange_->scatter(ctx, c.route, c.dy, {}, c.dexpert_rows, {});
}

void Block::experts_b(Context& ctx, Chunk& c) {
  c.du = c.keep->tensor(c.dy.dtype(), c.dy.shape());
  if (mlp_)
    mlp_->backward_input(ctx, c.dy, c.du, *c.keep, c.mlp);
  else
    ops::fill(ctx, c.du, 0);
  if (!experts_) return;
  c.move.wait();
  c.drows = c.keep->tensor(c.dy.dtype(), c.rows.shape());
  c.drow_gate = c.keep->tensor(c.dy.dtype(), {c.route.rows});
  experts_->backward_input(ctx, c.dexpert_rows, c.drows, c.drow_gate, *c.keep, c.experts);
}

void Block::dispatch_b(Context& ctx, Chunk& c) {
  if (!experts_) return;
  c.drouted = c.keep->tensor(c.dy.dtype(), c.dy.shape());
  c.dgate = c.keep->tensor(c.dy.dtype(), c.router.gate.shape());
  c.move = exchange_->gather(ctx, c.route, c.drows, c.drow_gate, c.drouted, c.dgate);
}

void Block::experts_w(Context& ctx, Chunk& c) {
  if (mlp_) mlp_->backward_weight(ctx, c.mlp);
  if (experts_) experts_->backward_weight(ctx, c.experts);
}

void Block::attention_b(Context& ctx, Chunk& c, RopeTable& rope) {
  Arena& keep = *c.keep;
  if (experts_) {
    c.move.wait();
    ops::add(ctx, c.du, c.drouted, c.du);
    router_->backward_input(ctx, *c.batch, c.dgate, c.balance_coefficient, c.du, keep, c.router);
  }
  c.dh = keep.tensor(c.dy.dtype(), c.dy.shape());
  post_attention_layernorm_.backward_input(ctx, c.du, c.ffn_norm, c.dh);
  ops::add(ctx, c.dy, c.dh, c.dh);
  c.dattention_in = keep.tensor(c.dy.dtype(), c.dy.shape());
  self_attn_.backward_input(ctx, *c.batch, c.dh, rope, c.dattention_in, keep, c.attention);
  input_layernorm_.backward_input(ctx, c.dattention_in, c.attention_norm, c.dx);
  ops::add(ctx, c.dh, c.dx, c.dx);
}

void Block::attention_w(Context& ctx, Chunk& c) {
  if (router_) router_->backward_weight(ctx, c.router);
  post_attention_layernorm_.backward_weight(ctx, c.du, c.ffn_norm);
  self_attn_.backward_weight(ctx, c.attention);
  input_layernorm_.backward_weight(ctx, c.dattention_in, c.attention_norm);
}

Cost Block::cost(int64_t rows, int64_t context) const {
  const int64_t H = dims_.hidden, TH = rows * H;
  Cost c = self_attn_.cost(rows, context);
  c += {.saved_bytes = arena_bytes(TH, rows, TH, TH, rows),  // normed x, rstd, h, u, rstd
        .gradient_bytes = arena_bytes(TH, TH, TH)};          // du, dh, dattention_in
  if (mlp_) {
    c += mlp_->cost(rows);
    c.saved_bytes += arena_bytes(TH);  // feed_forward
  }
  if (experts_) {
    const int64_t E = dims_.router.n_routed_experts, k = dims_.router.num_experts_per_tok, R = rows * k;
    c += router_->cost(rows);
    c += experts_->cost(R);
    // The route | rows, row_gate | expert_rows | routed
    c.saved_bytes += arena_bytes(E + 1, R, R, R, R * H, R, R * H, TH);
    // dexpert_rows | drows, drow_gate | drouted, dgate
    c.gradient_bytes += arena_bytes(R * H, R * H, R, TH, R);
  }
  return c;
}

}  // namespace millet::nn
