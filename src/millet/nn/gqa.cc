#include "millet/nn/gqa.h"

#include <fmt/core.h>

#include "millet/nn/kv_cache.h"
#include "millet/ops/attention.h"
#include "millet/ops/rope.h"
#include "millet/ops/scratch.h"

namespace millet::nn {

static constexpr ops::RopePairs kPairs = ops::RopePairs::halves;  // as the published weights of this kind want it

Gqa::Gqa(Parameters& parameters, std::string_view name, const GqaDims& dims)
    : dims_(dims),
      q_proj_(parameters, fmt::format("{}.q_proj", name), dims.heads * dims.head_dim, dims.hidden,
              {.bias = dims.qkv_bias}),
      k_proj_(parameters, fmt::format("{}.k_proj", name), dims.kv_heads * dims.head_dim, dims.hidden,
              {.bias = dims.qkv_bias}),
      v_proj_(parameters, fmt::format("{}.v_proj", name), dims.kv_heads * dims.head_dim, dims.hidden,
              {.bias = dims.qkv_bias}),
      o_proj_(parameters, fmt::format("{}.o_proj", name), dims.hidden, dims.heads * dims.head_dim,
              {.bias = dims.output_bias}) {
  o_proj_.weight().residual_output = true;
  if (!dims.qk_norm) return;
  q_norm_.emplace(parameters, fmt::format("{}.q_norm", name), dims.head_dim, dims.norm_eps);
  k_norm_.emplace(parameters, fmt::format("{}.k_norm", name), dims.head_dim, dims.norm_eps);
}

Tensor Gqa::heads(Context& ctx, const Batch& batch, ConstTensor x, const Linear& projection,
                  const std::optional<RmsNorm>& norm, int64_t heads, const RopeTable& rope, Arena& keep,
                  RmsNorm::Saved& saved) const {
  const int64_t T = x.size(0), D = dims_.head_dim;
  Tensor rows = keep.tensor(x.dtype(), {T * heads, D});
  projection.forward(ctx, x, rows.reshape({T, heads * D}), !batch.keep);
  if (norm) {
    const Tensor normed = keep.tensor(x.dtype(), rows.shape());
    norm->forward(ctx, rows, normed, keep, saved);
    rows = normed;
  }
  const Tensor all = rows.reshape({T, heads, D});
  ops::rope(ctx, all, rope.cos(), rope.sin(), batch.positions, all, {.pairs = kPairs});
  return all;
}

void Gqa::forward(Context& ctx, const Batch& batch, ConstTensor x, RopeTable& rope, int64_t layer, Tensor y,
                  Arena& keep, Saved& s) const {
  const int64_t T = x.size(0), N = dims_.heads, G = dims_.kv_heads, D = dims_.head_dim;
  const DType type = x.dtype();
  const bool reuse = !batch.keep;
  s.x = x;
  s.q = heads(ctx, batch, x, q_proj_, q_norm_, N, rope, keep, s.q_norm);
  s.k = heads(ctx, batch, x, k_proj_, k_norm_, G, rope, keep, s.k_norm);
  s.v = keep.tensor(type, {T, G, D});
  v_proj_.forward(ctx, x, s.v.reshape({T, G * D}), reuse);

  s.y = keep.tensor(type, {T, N, D});
  if (batch.cache != nullptr) {
    const ops::PagedKeysValues& pages = batch.cache->layer(layer);
    ops::cache_write(ctx, s.k, s.v, batch.pages, batch.segments, pages);
    ops::attention_paged(ctx, s.q, pages, batch.pages, batch.segments, s.y, {.scale = dims_.softmax_scale});
  } else {
    if (batch.keep) s.lse = keep.tensor(type, {T, N});
    ops::attention(ctx, s.q, s.k, s.v, batch.segments, s.y, s.lse, {.scale = dims_.softmax_scale});
  }
  o_proj_.forward(ctx, s.y.reshape({T, N * D}), y, reuse);
}

Tensor Gqa::heads_backward(Context& ctx, const Batch& batch, Tensor d, const std::optional<RmsNorm>& norm,
                           const RopeTable& rope, Arena& keep, const RmsNorm::Saved& saved, Tensor& dnormed) const {
  const int64_t T = d.size(0), heads = d.size(1), D = dims_.head_dim;
  ops::rope(ctx, d, rope.cos(), rope.sin(), batch.positions, d, {.pairs = kPairs, .inverse = true});
  if (!norm) return d.reshape({T, heads * D});
  dnormed = d.reshape({T * heads, D});
  const Tensor out = keep.tensor(d.dtype(), {T * heads, D});
  norm->backward_input(ctx, dnormed, saved, out);
  return out.reshape({T, heads * D});
}

void Gqa::backward_input(Context& ctx, const Batch& batch, ConstTensor dy, const RopeTable& rope, Tensor dx,
                         Arena& keep, Saved& s) const {
  const int64_t T = dy.size(0), N = dims_.heads, G = dims_.kv_heads, D = dims_.head_dim;
  const DType type = dy.dtype();
  s.dy = dy;
  s.dattention = keep.tensor(type, {T, N, D});
  o_proj_.backward_input(ctx, dy, s.dattention.reshape({T, N * D}));

  const Tensor dq = keep.tensor(type, {T, N, D}), dk = keep.tensor(type, {T, G, D}), dv = keep.tensor(type, {T, G, D});
  ops::attention_backward(ctx, s.dattention, s.q, s.k, s.v, s.y, s.lse, batch.segments, dq, dk, dv,
                          {.scale = dims_.softmax_scale});
  s.dv = dv.reshape({T, G * D});
  v_proj_.backward_input(ctx, s.dv, dx);
  s.dk = heads_backward(ctx, batch, dk, k_norm_, rope, keep, s.k_norm, s.dk_normed);
  k_proj_.backward_input(ctx, s.dk, dx, true);
  s.dq = heads_backward(ctx, batch, dq, q_norm_, rope, keep, s.q_norm, s.dq_normed);
  q_proj_.backward_input(ctx, s.dq, dx, true);
}

void Gqa::backward_weight(Context& ctx, const Saved& s) {
  const int64_t T = s.x.size(0);
  o_proj_.backward_weight(ctx, s.dy, s.y.reshape({T, dims_.heads * dims_.head_dim}));
  v_proj_.backward_weight(ctx, s.dv, s.x);
  k_proj_.backward_weight(ctx, s.dk, s.x);
  q_proj_.backward_weight(ctx, s.dq, s.x);
  if (!q_norm_) return;
  q_norm_->backward_weight(ctx, s.dq_normed, s.q_norm);
  k_norm_->backward_weight(ctx, s.dk_normed, s.k_norm);
}

Cost Gqa::cost(int64_t rows, int64_t context) const {
  const int64_t N = dims_.heads, G = dims_.kv_heads, D = dims_.head_dim;
  const int64_t q = rows * N * D, kv = rows * G * D;
  Cost c = q_proj_.cost(rows);
  c += k_proj_.cost(rows);
  c += v_proj_.cost(rows);
  c += o_proj_.cost(rows);
  // Scores and values over the causal half of a sequence of `context`.
  c.flops += static_cast<double>(rows) * static_cast<double>(context + 1) * static_cast<double>(2 * N * D);
  c.saved_bytes += arena_bytes(q, kv, kv, q, rows * N);  // q, k, v, y, lse
  c.gradient_bytes += arena_bytes(q, q, kv, kv);         // dattention, dq, dk, dv
  if (q_norm_) {
    c.saved_bytes += arena_bytes(q, rows * N, kv, rows * G);  // before the norms, and rstd
    c.gradient_bytes += arena_bytes(q, kv);                   // through the norms
  }
  c.thread_bytes = std::max(c.thread_bytes, ops::attention_scratch_bytes(D, D, rows));
  return c;
}

}  // namespace millet::nn
