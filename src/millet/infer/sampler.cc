#include "millet/infer/sampler.h"

#include "millet/core/error.h"
#include "millet/ops/loss.h"
#include "millet/ops/sample.h"

namespace millet::infer {

void sample(Context& ctx, ConstTensor logits, std::span<const Draw> draws, Drawn& drawn) {
  const auto Q = static_cast<int64_t>(draws.size());
  if (logits.rank() != 2 || logits.size(0) != Q) [[unlikely]]
    fail("sampler: {} draws from logits {}; one row a draw", Q, to_string(logits));
  drawn.tokens.resize(draws.size());
  drawn.log_probs.resize(draws.size());
  if (Q == 0) return;

  const ArenaScope scope(ctx.workspace());
  Arena& scratch = ctx.workspace();
  std::vector<float> numbers;  // temperature | top_p | uniform, one upload
  std::vector<int32_t> top_k;
  numbers.reserve(3 * draws.size());
  top_k.reserve(draws.size());
  for (const Draw& d : draws) numbers.push_back(d.temperature);
  for (const Draw& d : draws) numbers.push_back(d.top_p);
  for (const Draw& d : draws) numbers.push_back(d.uniform);
  for (const Draw& d : draws) top_k.push_back(d.top_k);
  const Tensor options = scratch.tensor(DType::f32, {3, Q});
  from_host(ctx.device(), numbers, options);

  const Tensor token = scratch.tensor(DType::i32, {Q});
  ops::sample(ctx, logits, options.select(0), scratch.ids(top_k), options.select(1), options.select(2), token);

  const Tensor log_prob = scratch.tensor(DType::f32, {Q});
  const Tensor lse = scratch.tensor(DType::f32, {Q});
  for (int64_t first = 0, end = 0; first < Q; first = end) {
    const double temperature = draws[static_cast<size_t>(first)].log_prob_temperature;
    while (end < Q && draws[static_cast<size_t>(end)].log_prob_temperature == temperature) ++end;
    const int64_t count = end - first;
    ops::log_prob(ctx, logits.rows(first, count), token.rows(first, count), log_prob.rows(first, count),
                  lse.rows(first, count), {}, {.temperature = temperature});
  }

  ctx.device().copy_to_host(drawn.tokens.data(), token.data(), draws.size() * sizeof(int32_t));
  ctx.device().copy_to_host(drawn.log_probs.data(), log_prob.data(), draws.size() * sizeof(float));
}

}  // namespace millet::infer
