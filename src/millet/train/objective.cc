#include "millet/train/objective.h"

#include "millet/core/error.h"
#include "millet/ops/loss.h"

namespace millet::train {

void ObjectiveConfig::fields(Fields& f) {
  f("mtp_weight", mtp_weight,
    "λ, weight of the prediction of the token after next (models with num_nextn_predict_layers)", between(0, 1000));
  f("balance_alpha", balance_alpha, "α, weight of the sequence-wise balance loss", between(0, 1000));
}

Losses& Losses::operator+=(const Losses& other) {
  main += other.main;
  mtp += other.mtp;
  balance += other.balance;
  scored += other.scored;
  return *this;
}

Objective::Objective(const ObjectiveConfig& config, model::Decoder& model)
    : config_(config), model_(model), pass_(model.parameters().device()), inputs_(model.parameters().device()) {}

double Objective::cross_entropy(Context& ctx, Tensor logits, ConstTensor target, const std::vector<float>& weight,
                                bool gradient) {
  const ArenaScope scope(ctx.workspace());
  const int64_t T = logits.size(0);
  const Tensor log_prob = ctx.workspace().tensor(logits.dtype(), {T});
  const Tensor lse = ctx.workspace().tensor(logits.dtype(), {T});
  ops::log_prob(ctx, logits, target, log_prob, lse, {});
  double sum = 0;
  auto add_up = [&]<class F>(const std::vector<F>& values) {
    for (size_t i = 0; i < values.size(); ++i) sum -= static_cast<double>(weight[i]) * static_cast<double>(values[i]);
  };
  if (logits.dtype() == DType::f64)
    add_up(to_host<double>(ctx.device(), log_prob));
  else
    add_up(to_host<float>(ctx.device(), log_prob));
  if (!gradient) return sum;

  const Tensor dlog_prob = ctx.workspace().tensor(logits.dtype(), {T});
  auto upload = [&]<class F>(std::vector<F> values) {
    for (size_t i = 0; i < weight.size(); ++i) values[i] = -static_cast<F>(weight[i]);
    from_host(ctx.device(), values, dlog_prob);
  };
  if (logits.dtype() == DType::f64)
    upload(std::vector<double>(weight.size()));
  else
    upload(std::vector<float>(weight.size()));
  ops::log_prob_backward(ctx, dlog_prob, logits, target, lse, logits);
  return sum;
}

Losses Objective::forward_backward(Context& ctx, const data::PackedBatch& packed, int64_t step_segments) {
  inputs_.clear();
  const MicroBatch micro(packed, inputs_);
  const bool mtp = model_.has_mtp() && config_.mtp_weight > 0;
  const DType type = model_.parameters().dtype();
  const auto segments = static_cast<int64_t>(packed.segments.size());

  model::Decoder::Options options{.mtp = mtp};
  if (config_.balance_alpha > 0) {
    const double each = config_.balance_alpha / static_cast<double>(step_segments);
    const Tensor coefficient = inputs_.tensor(type, {segments});
    if (type == DType::f64)
      from_host(ctx.device(), std::vector<double>(packed.segments.size(), each), coefficient);
    else
      from_host(ctx.device(), std::vector<float>(packed.segments.size(), static_cast<float>(each)), coefficient);
    options.balance_coefficient = coefficient;
  }
  model_.forward(ctx, micro.batch, pass_, options);

  Losses losses;
  for (const float w : packed.weight) losses.scored += w != 0 ? 1 : 0;
  losses.main = cross_entropy(ctx, pass_.logits, micro.batch.next, packed.weight, true);
  if (mtp) {
    // The token after next, weighed as its own row is; inside the segment.
    std::vector<int32_t> after(packed.next.size(), -1);
    std::vector<float> weight(packed.next.size(), 0);
    for (const data::PackedSegment& s : packed.segments) {
      for (int64_t r = s.first_row; r + 1 < s.first_row + s.rows; ++r) {
        const auto row = static_cast<size_t>(r);
        after[row] = packed.next[row + 1];
        weight[row] = packed.weight[row + 1] * static_cast<float>(config_.mtp_weight);
      }
    }
    losses.mtp = cross_entropy(ctx, pass_.mtp_logits, inputs_.ids(after), weight, true) / config_.mtp_weight;
  }
  if (!pass_.balance_loss.empty()) {
    for (const double l : pass_.balance_loss) losses.balance += l;
    losses.balance *= static_cast<double>(segments) /
                      (static_cast<double>(step_segments) * static_cast<double>(pass_.balance_loss.size()));
  }
  model_.backward(ctx, micro.batch, pass_, pass_.logits, mtp ? pass_.mtp_logits : Tensor());
  return losses;
}

Losses Objective::evaluate(Context& ctx, const data::PackedBatch& packed) {
  inputs_.clear();
  MicroBatch micro(packed, inputs_);
  micro.batch.keep = false;
  model_.forward(ctx, micro.batch, pass_);
  Losses losses;
  for (const float w : packed.weight) losses.scored += w != 0 ? 1 : 0;
  losses.main = cross_entropy(ctx, pass_.logits, micro.batch.next, packed.weight, false);
  return losses;
}

}  // namespace millet::train
