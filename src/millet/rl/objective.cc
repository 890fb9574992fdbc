#include "millet/rl/objective.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "millet/data/packing.h"
#include "millet/ops/loss.h"
#include "millet/train/flops.h"
#include "millet/train/micro_batch.h"

namespace millet::rl {

Result& Result::operator+=(const Result& other) {
  loss += other.loss;
  kl += other.kl;
  tokens += other.tokens;
  clipped += other.clipped;
  mismatches += other.mismatches;
  largest_ratio = std::max(largest_ratio, other.largest_ratio);
  flops += other.flops;
  return *this;
}

// Prompt and response but for the last token, which nothing follows.
static int64_t rows_of(const report::Rollout& r) {
  return static_cast<int64_t>(r.prompt_ids.size() + r.ids.size()) - 1;
}

// Each rollout a segment of its own; the row of a response's token i is the one that predicts it.
static data::PackedBatch pack(std::span<const report::Rollout* const> rollouts) {
  data::PackedBatch packed;
  for (const report::Rollout* r : rollouts) {
    std::vector<int32_t> sequence = r->prompt_ids;
    sequence.insert(sequence.end(), r->ids.begin(), r->ids.end());
    const int64_t rows = rows_of(*r);
    packed.segments.push_back({.first_row = static_cast<int64_t>(packed.tokens.size()), .rows = rows});
    for (int64_t i = 0; i < rows; ++i) {
      const auto at = static_cast<size_t>(i);
      packed.tokens.push_back(sequence[at]);
      packed.positions.push_back(static_cast<int32_t>(i));
      packed.next.push_back(sequence[at + 1]);
      packed.weight.push_back(at + 1 >= r->prompt_ids.size() ? 1.0F : 0.0F);
    }
  }
  return packed;
}

// Calls part(first, count) for neighbours whose rows fit into the limit together; at least one each.
template <class F>
static void in_parts(size_t n, int64_t max_rows, const std::function<int64_t(size_t)>& rows, F part) {
  for (size_t first = 0; first < n;) {
    int64_t sum = rows(first);
    size_t end = first + 1;
    while (end < n && sum + rows(end) <= max_rows) sum += rows(end++);
    part(first, end - first);
    first = end;
  }
}

void freeze_mtp(nn::Parameters& parameters, const model::ModelConfig& config) {
  const std::string prefix = fmt::format("model.layers.{}.", config.num_hidden_layers);
  for (nn::Parameter& p : parameters) {
    if (p.name.starts_with(prefix)) p.trainable = false;
  }
}

Objective::Objective(const RlConfig& config, model::Decoder& model)
    : config_(config), model_(model), pass_(model.parameters().device()), inputs_(model.parameters().device()) {}

Result Objective::forward_backward(Context& ctx, std::span<const Item> items) {
  Result total;
  in_parts(
      items.size(), config_.micro_batch_tokens, [&](size_t i) { return rows_of(*items[i].rollout); },
      [&](size_t first, size_t count) { total += micro_batch(ctx, items.subspan(first, count)); });
  return total;
}

Result Objective::micro_batch(Context& ctx, std::span<const Item> items) {
  std::vector<const report::Rollout*> rollouts;
  for (const Item& item : items) rollouts.push_back(item.rollout);
  const data::PackedBatch packed = pack(rollouts);
  inputs_.clear();
  const train::MicroBatch micro(packed, inputs_);
  const auto T = static_cast<int64_t>(packed.tokens.size());
  const double temperature = config_.temperature;

  model_.forward(ctx, micro.batch, pass_);
  const Tensor log_prob = inputs_.tensor(DType::f32, {T});
  const Tensor lse = inputs_.tensor(DType::f32, {T});
  ops::log_prob(ctx, pass_.logits, micro.batch.next, log_prob, lse, {}, {.temperature = temperature});
  const std::vector<float> now = to_host<float>(ctx.device(), log_prob);

  Result result;
  std::vector<float> gradient(static_cast<size_t>(T), 0.0F);
  for (size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    const report::Rollout& r = *item.rollout;
    const auto first = static_cast<size_t>(packed.segments[i].first_row) + r.prompt_ids.size() - 1;
    const std::span<const float> reference =
        item.reference_log_probs == nullptr ? std::span<const float>() : *item.reference_log_probs;
    const std::vector<TokenTerm> terms =
        answer_terms(config_.grpo, item.advantage, std::span(now).subspan(first, r.ids.size()), r.log_probs, reference);
    for (size_t t = 0; t < r.ids.size(); ++t) {
      const TokenTerm& term = terms[t];
      const float new_log_prob = now[first + t], old_log_prob = r.log_probs[t];
      result.loss += item.token_weight * term.loss;
      result.kl += term.kl;
      result.clipped += term.clipped ? 1 : 0;
      result.mismatches += std::memcmp(&new_log_prob, &old_log_prob, sizeof(float)) != 0 ? 1 : 0;
      result.largest_ratio = std::max({result.largest_ratio, term.ratio, 1 / term.ratio});
      gradient[first + t] = static_cast<float>(item.token_weight * term.gradient);
    }
    result.tokens += static_cast<int64_t>(r.ids.size());
  }
  const Tensor dlog_prob = inputs_.tensor(DType::f32, {T});
  from_host(ctx.device(), gradient, dlog_prob);
  ops::log_prob_backward(ctx, dlog_prob, pass_.logits, micro.batch.next, lse, pass_.logits,
                         {.temperature = temperature});
  model_.backward(ctx, micro.batch, pass_, pass_.logits, {});
  result.flops = 3 * train::forward_flops(model_, packed.segments, false);
  return result;
}

std::vector<std::vector<float>> Objective::log_probs(Context& ctx, std::span<const report::Rollout* const> rollouts) {
  std::vector<std::vector<float>> all;
  in_parts(
      rollouts.size(), config_.micro_batch_tokens, [&](size_t i) { return rows_of(*rollouts[i]); },
      [&](size_t begin, size_t count) {
        const data::PackedBatch packed = pack(rollouts.subspan(begin, count));
        inputs_.clear();
        train::MicroBatch micro(packed, inputs_);
        micro.batch.keep = false;
        model_.forward(ctx, micro.batch, pass_);
        const auto T = static_cast<int64_t>(packed.tokens.size());
        const Tensor log_prob = inputs_.tensor(DType::f32, {T});
        const Tensor lse = inputs_.tensor(DType::f32, {T});
        ops::log_prob(ctx, pass_.logits, micro.batch.next, log_prob, lse, {}, {.temperature = config_.temperature});
        const std::vector<float> values = to_host<float>(ctx.device(), log_prob);
        for (size_t i = 0; i < count; ++i) {
          const report::Rollout& r = *rollouts[begin + i];
          const auto first = packed.segments[i].first_row + static_cast<int64_t>(r.prompt_ids.size()) - 1;
          all.emplace_back(values.begin() + first, values.begin() + first + static_cast<int64_t>(r.ids.size()));
        }
      });
  return all;
}

}  // namespace millet::rl
