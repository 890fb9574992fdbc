#include "millet/nn/mla.h"

#include <fmt/core.h>

#include "millet/nn/kv_cache.h"
#include "millet/ops/attention.h"
#include "millet/ops/elementwise.h"
#include "millet/ops/rope.h"
#include "millet/ops/scratch.h"

namespace millet::nn {

// The latents' norms have an epsilon of their own in DeepSeek's code and in transformers, whatever rms_norm_eps says.
static constexpr float kLatentEps = 1e-6F;

Mla::Mla(Parameters& parameters, std::string_view name, const MlaDims& dims)
    : dims_(dims),
      q_proj_(dims.q_lora_rank > 0 ? std::nullopt
                                   : std::optional<Linear>(std::in_place, parameters, fmt::format("{}.q_proj", name),
                                                           dims.heads * dims.qk_head_dim(), dims.hidden)),
      q_a_proj_(dims.q_lora_rank == 0
                    ? std::nullopt
                    : std::optional<Linear>(std::in_place, parameters, fmt::format("{}.q_a_proj", name),
                                            dims.q_lora_rank, dims.hidden)),
      q_b_proj_(dims.q_lora_rank == 0
                    ? std::nullopt
                    : std::optional<Linear>(std::in_place, parameters, fmt::format("{}.q_b_proj", name),
                                            dims.heads * dims.qk_head_dim(), dims.q_lora_rank)),
      q_a_layernorm_(dims.q_lora_rank == 0
                         ? std::nullopt
                         : std::optional<RmsNorm>(std::in_place, parameters, fmt::format("{}.q_a_layernorm", name),
                                                  dims.q_lora_rank, kLatentEps)),
      kv_a_proj_with_mqa_(parameters, fmt::format("{}.kv_a_proj_with_mqa", name),
                          dims.kv_lora_rank + dims.qk_rope_head_dim, dims.hidden),
      kv_a_layernorm_(parameters, fmt::format("{}.kv_a_layernorm", name), dims.kv_lora_rank, kLatentEps),
      kv_b_proj_(parameters, fmt::format("{}.kv_b_proj", name), dims.heads * (dims.qk_nope_head_dim + dims.v_head_dim),
                 dims.kv_lora_rank),
      o_proj_(parameters, fmt::format("{}.o_proj", name), dims.hidden, dims.heads * dims.v_head_dim) {
  o_proj_.weight().residual_output = true;
}

void Mla::forward(Context& ctx, const Batch& batch, ConstTensor x, RopeTable& rope, int64_t layer, Tensor y,
                  Arena& keep, Saved& s) const {
  const int64_t T = x.size(0), N = dims_.heads, D = dims_.qk_head_dim();
  const int64_t nope = dims_.qk_nope_head_dim, rotary = dims_.qk_rope_head_dim, Dv = dims_.v_head_dim;
  const int64_t rank = dims_.kv_lora_rank;
  const DType type = x.dtype();
  const bool reuse = !batch.keep;
  s.x = x;

  // Queries [T, N, D]: content | rotary.
  s.q = keep.tensor(type, {T, N, D});
  const Tensor q_flat = s.q.reshape({T, N * D});
  if (q_a_proj_) {
    const Tensor q_a = keep.tensor(type, {T, dims_.q_lora_rank});
    s.q_latent = keep.tensor(type, {T, dims_.q_lora_rank});
    q_a_proj_->forward(ctx, x, q_a, reuse);
    q_a_layernorm_->forward(ctx, q_a, s.q_latent, keep, s.q_norm);
    q_b_proj_->forward(ctx, s.q_latent, q_flat, reuse);
  } else {
    q_proj_->forward(ctx, x, q_flat, reuse);
  }
  const Tensor q_rope = s.q.slice(2, nope, rotary);
  ops::rope(ctx, q_rope, rope.cos(), rope.sin(), batch.positions, q_rope);

  // The latent and the one rotary key that all heads share.
  const Tensor kv_a = keep.tensor(type, {T, rank + rotary});
  kv_a_proj_with_mqa_.forward(ctx, x, kv_a, reuse);
  s.kv_latent = keep.tensor(type, {T, rank});
  kv_a_layernorm_.forward(ctx, kv_a.slice(1, 0, rank), s.kv_latent, keep, s.kv_norm);
  const Tensor kv_rope = kv_a.slice(1, rank, rotary);
  const Tensor k_rope(kv_rope.data(), type, {T, 1, rotary}, {kv_rope.stride(0), rotary, 1});
  ops::rope(ctx, k_rope, rope.cos(), rope.sin(), batch.positions, k_rope);

  // Keys and values, expanded: [T, N, nope | v].
  const Tensor kv = keep.tensor(type, {T, N, nope + Dv});
  kv_b_proj_.forward(ctx, s.kv_latent, kv.reshape({T, N * (nope + Dv)}), reuse);
  s.k = keep.tensor(type, {T, N, D});
  ops::copy(ctx, kv.slice(2, 0, nope), s.k.slice(2, 0, nope));
  ops::broadcast_heads(ctx, kv_rope, s.k.slice(2, nope, rotary));
  s.v = kv.slice(2, nope, Dv);

  s.y = keep.tensor(type, {T, N, Dv});
  if (batch.cache != nullptr) {
    const ops::PagedKeysValues& pages = batch.cache->layer(layer);
    ops::cache_write(ctx, s.k, s.v, batch.pages, batch.segments, pages);
    ops::attention_paged(ctx, s.q, pages, batch.pages, batch.segments, s.y, {.scale = dims_.softmax_scale});
  } else {
    if (batch.keep) s.lse = keep.tensor(type, {T, N});
    ops::attention(ctx, s.q, s.k, s.v, batch.segments, s.y, s.lse, {.scale = dims_.softmax_scale});
  }
  o_proj_.forward(ctx, s.y.reshape({T, N * Dv}), y, reuse);
}

void Mla::backward_input(Context& ctx, const Batch& batch, ConstTensor dy, const RopeTable& rope, Tensor dx,
                         Arena& keep, Saved& s) const {
  const int64_t T = dy.size(0), N = dims_.heads, D = dims_.qk_head_dim();
  const int64_t nope = dims_.qk_nope_head_dim, rotary = dims_.qk_rope_head_dim, Dv = dims_.v_head_dim;
  const int64_t rank = dims_.kv_lora_rank;
  const DType type = dy.dtype();
  s.dy = dy;

  s.dattention = keep.tensor(type, {T, N, Dv});
  o_proj_.backward_input(ctx, dy, s.dattention.reshape({T, N * Dv}));

  const Tensor dq = keep.tensor(type, {T, N, D});
  const Tensor dk = keep.tensor(type, {T, N, D});
  s.dkv = keep.tensor(type, {T, N, nope + Dv});
  ops::attention_backward(ctx, s.dattention, s.q, s.k, s.v, s.y, s.lse, batch.segments, dq, dk,
                          s.dkv.slice(2, nope, Dv), {.scale = dims_.softmax_scale});

  // Keys and values back to the latent and the shared rotary key.
  ops::copy(ctx, dk.slice(2, 0, nope), s.dkv.slice(2, 0, nope));
  s.dkv_a = keep.tensor(type, {T, rank + rotary});
  const Tensor dkv_rope = s.dkv_a.slice(1, rank, rotary);
  ops::sum_heads(ctx, dk.slice(2, nope, rotary), dkv_rope);
  const Tensor dk_rope(dkv_rope.data(), type, {T, 1, rotary}, {dkv_rope.stride(0), rotary, 1});
  ops::rope(ctx, dk_rope, rope.cos(), rope.sin(), batch.positions, dk_rope, {.inverse = true});
  s.dkv_latent = keep.tensor(type, {T, rank});
  kv_b_proj_.backward_input(ctx, s.dkv.reshape({T, N * (nope + Dv)}), s.dkv_latent);
  kv_a_layernorm_.backward_input(ctx, s.dkv_latent, s.kv_norm, s.dkv_a.slice(1, 0, rank));
  kv_a_proj_with_mqa_.backward_input(ctx, s.dkv_a, dx);

  // Queries back to x.
  const Tensor dq_rope = dq.slice(2, nope, rotary);
  ops::rope(ctx, dq_rope, rope.cos(), rope.sin(), batch.positions, dq_rope, {.inverse = true});
  s.dq = dq.reshape({T, N * D});
  if (q_a_proj_) {
    s.dq_latent = keep.tensor(type, {T, dims_.q_lora_rank});
    q_b_proj_->backward_input(ctx, s.dq, s.dq_latent);
    s.dq_a = keep.tensor(type, {T, dims_.q_lora_rank});
    q_a_layernorm_->backward_input(ctx, s.dq_latent, s.q_norm, s.dq_a);
    q_a_proj_->backward_input(ctx, s.dq_a, dx, true);
  } else {
    q_proj_->backward_input(ctx, s.dq, dx, true);
  }
}

void Mla::backward_weight(Context& ctx, const Saved& s) {
  const int64_t T = s.x.size(0), N = dims_.heads;
  o_proj_.backward_weight(ctx, s.dy, s.y.reshape({T, N * dims_.v_head_dim}));
  kv_b_proj_.backward_weight(ctx, s.dkv.reshape({T, N * (dims_.qk_nope_head_dim + dims_.v_head_dim)}), s.kv_latent);
  kv_a_layernorm_.backward_weight(ctx, s.dkv_latent, s.kv_norm);
  kv_a_proj_with_mqa_.backward_weight(ctx, s.dkv_a, s.x);
  if (q_a_proj_) {
    q_b_proj_->backward_weight(ctx, s.dq, s.q_latent);
    q_a_layernorm_->backward_weight(ctx, s.dq_latent, s.q_norm);
    q_a_proj_->backward_weight(ctx, s.dq_a, s.x);
  } else {
    q_proj_->backward_weight(ctx, s.dq, s.x);
  }
}

Cost Mla::cost(int64_t rows, int64_t context) const {
  const int64_t N = dims_.heads, D = dims_.qk_head_dim(), Dv = dims_.v_head_dim;
  const int64_t q_rank = dims_.q_lora_rank, rank = dims_.kv_lora_rank, rotary = dims_.qk_rope_head_dim;
  const int64_t kv = N * (dims_.qk_nope_head_dim + Dv);
  Cost c = kv_a_proj_with_mqa_.cost(rows);
  c += kv_b_proj_.cost(rows);
  c += o_proj_.cost(rows);
  if (q_a_proj_) {
    c += q_a_proj_->cost(rows);
    c += q_b_proj_->cost(rows);
    c.saved_bytes += arena_bytes(rows * q_rank, rows * q_rank, rows);  // q_a, q_latent, rstd
    c.gradient_bytes += arena_bytes(rows * q_rank, rows * q_rank);     // dq_latent, dq_a
  } else {
    c += q_proj_->cost(rows);
  }
  // Scores and values over the causal half of a sequence of `context`.
  c.flops += static_cast<double>(rows) * static_cast<double>(context + 1) * static_cast<double>(N * (D + Dv));
  // q, k | kv_a, kv_latent, rstd | kv | y, lse
  c.saved_bytes += arena_bytes(rows * N * D, rows * N * D, rows * (rank + rotary), rows * rank, rows, rows * kv,
                               rows * N * Dv, rows * N);
  // dattention | dq, dk | dkv | dkv_a, dkv_latent
  c.gradient_bytes +=
      arena_bytes(rows * N * Dv, rows * N * D, rows * N * D, rows * kv, rows * (rank + rotary), rows * rank);
  c.thread_bytes = std::max(c.thread_bytes, ops::attention_scratch_bytes(D, Dv, rows));
  return c;
}

}  // namespace millet::nn
