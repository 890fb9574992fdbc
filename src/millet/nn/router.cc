#include "millet/nn/router.h"

#include <fmt/core.h>

namespace millet::nn {

Router::Router(Parameters& parameters, std::string_view name, const RouterDims& dims)
    : dims_(dims), gate_(parameters, name, dims.n_routed_experts, dims.hidden, {.role = Role::router}) {
  if (dims.correction_bias) {
    bias_ = &parameters.add(fmt::format("{}.e_score_correction_bias", name), {dims.n_routed_experts}, Role::bias);
    bias_->trainable = false;
  }
  if (parameters.mode() == Parameters::Mode::training) {
    load_memory_ = Buffer(parameters.device(), dims.n_routed_experts * bytes_of(DType::i32));
    load_ = load_memory_.tensor(DType::i32, {dims.n_routed_experts});
  }
}

void Router::forward(Context& ctx, const Batch& batch, ConstTensor x, Arena& keep, Saved& s) {
  const int64_t T = x.size(0), E = dims_.n_routed_experts, k = dims_.num_experts_per_tok;
  s.x = x;
  s.scores = keep.tensor(x.dtype(), {T, E});
  s.expert = keep.tensor(DType::i32, {T, k});
  s.gate = keep.tensor(x.dtype(), {T, k});
  const ArenaScope scope(ctx.workspace());
  const Tensor logits = ctx.workspace().tensor(x.dtype(), {T, E});
  gate_.forward(ctx, x, logits, !batch.keep);
  ops::router(ctx, logits, bias_ == nullptr ? Tensor() : bias_->value, s.scores, s.expert, s.gate, dims_.options);
  if (batch.keep && !load_.empty()) ops::expert_load(ctx, s.expert, load_);
}

void Router::backward_input(Context& ctx, const Batch& batch, ConstTensor dgate, ConstTensor coefficient, Tensor dx,
                            Arena& keep, Saved& s) const {
  s.dlogits = keep.tensor(dx.dtype(), s.scores.shape());
  const ArenaScope scope(ctx.workspace());
  Tensor dscores;
  if (!coefficient.empty()) {
    dscores = ctx.workspace().tensor(dx.dtype(), s.scores.shape());
    const Tensor loss = ctx.workspace().tensor(dx.dtype(), {static_cast<int64_t>(batch.segments.size())});
    ops::sequence_balance(ctx, s.scores, s.expert, batch.segments, coefficient, loss, dscores);
  }
  ops::router_backward(ctx, dgate, dscores, s.scores, s.expert, s.dlogits, dims_.options);
  gate_.backward_input(ctx, s.dlogits, dx, true);
}

void Router::backward_weight(Context& ctx, const Saved& s) {
  gate_.backward_weight(ctx, s.dlogits, s.x);
}

void Router::balance_loss(Context& ctx, const Batch& batch, const Saved& s, Tensor loss) const {
  const ArenaScope scope(ctx.workspace());
  const Tensor zero = ctx.workspace().zeros(loss.dtype(), loss.shape());
  ops::sequence_balance(ctx, s.scores, s.expert, batch.segments, zero, loss, {});
}

Cost Router::cost(int64_t rows) const {
  const int64_t E = dims_.n_routed_experts, k = dims_.num_experts_per_tok;
  Cost c = gate_.cost(rows);
  c.saved_bytes += arena_bytes(rows * E, rows * k, rows * k);  // scores, expert, gate
  c.gradient_bytes += arena_bytes(rows * E);                   // dlogits
  // logits or dscores, and the balance loss of at most as many segments as rows, with its coefficients
  c.scratch_bytes += arena_bytes(rows * E, rows, rows);
  c.thread_bytes += arena_bytes(E, E, dims_.options.n_group, dims_.options.topk_group);
  return c;
}

}  // namespace millet::nn
