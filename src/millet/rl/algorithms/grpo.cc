#include "millet/rl/algorithms/grpo.h"

#include <algorithm>
#include <cmath>

#include "millet/core/error.h"

namespace millet::rl {

// exp overflows a float above 88.7; beyond this distance k3 and its gradient grow no further.
static constexpr double kLargestLogRatio = 20;

void GrpoConfig::fields(Fields& f) {
  f("normalisation", normalisation,
    "sequence: mean over a sample's tokens, then over samples (the paper); token: mean over all tokens of the step "
    "(DAPO); "
    "constant: every token weighs 1 / (samples · constant_length) (Dr. GRPO)",
    {"sequence", "token", "constant"});
  f("constant_length", constant_length,
    "tokens a sample in the denominator of constant normalisation: rl.max_new_tokens is usual", count_from(0));
  f("divide_by_std", divide_by_std, "divide advantages by the group's standard deviation (n − 1)");
  f("std_eps", std_eps, "added to the standard deviation", between(0, 1000));
  f("clip_low", clip_low, "the ratio is clipped below 1 − clip_low", above(0, 1));
  f("clip_high", clip_high, "the ratio is clipped above 1 + clip_high", above(0, 1e9));
  f("kl_beta", kl_beta, "weight of the k3 estimate of KL(policy ‖ reference), 0 = no reference model", between(0, 1e6));
  f("mask_truncated", mask_truncated, "answers cut off by the length limit contribute nothing");
  f("skip_no_variance", skip_no_variance, "groups whose rewards are all equal are not computed (their advantage is 0)");
}

void GrpoConfig::check() const {
  require(normalisation != "constant" || constant_length > 0,
          "rl.grpo.constant_length is 0, constant normalisation divides by it: give a positive one, as "
          "rl.max_new_tokens");
}

std::string formula(const GrpoConfig& c, double temperature) {
  std::string average;
  if (c.normalisation == "sequence") average = "1/N Σ_i 1/|o_i| Σ_t";
  if (c.normalisation == "token") average = "1/Σ_i|o_i| Σ_i Σ_t";
  if (c.normalisation == "constant") average = fmt::format("1/(N·{}) Σ_i Σ_t", c.constant_length);
  const std::string kl = c.kl_beta > 0 ? fmt::format(" − {}·k3(π_ref, π)", c.kl_beta) : "";
  const std::string advantage =
      c.divide_by_std ? fmt::format("(R_i − mean R) / (std R + {}), std with n − 1", c.std_eps) : "R_i − mean R";
  std::string text =
      fmt::format("GRPO   J = {} min(r A_i, clip(r, 1 − {}, 1 + {}) A_i){}\n", average, c.clip_low, c.clip_high, kl);
  text +=
      fmt::format("       r = exp(log π(t) − log π_old(t)), π at temperature {},   A_i = {}\n", temperature, advantage);
  text += c.mask_truncated ? "       N samples of the step; truncated ones count in the mean of their group alone"
                           : "       N samples of the step, truncated ones like the others";
  text += fmt::format("; groups without variance have A = 0{}",
                      c.skip_no_variance && c.kl_beta == 0 ? " and are not computed" : "");
  return text;
}

static void group_advantages(const GrpoConfig& config, std::span<const Sample> group, std::span<double> advantage) {
  double sum = 0;
  int64_t n = 0;
  for (const Sample& s : group) {
    if (!s.has_reward) continue;
    sum += s.reward;
    ++n;
  }
  if (n < 2) return;
  const double mean = sum / static_cast<double>(n);
  double squares = 0;
  for (const Sample& s : group) {
    if (s.has_reward) squares += (s.reward - mean) * (s.reward - mean);
  }
  if (squares == 0) return;
  const double std = std::sqrt(squares / static_cast<double>(n - 1));
  for (size_t i = 0; i < group.size(); ++i) {
    if (!group[i].has_reward) continue;
    advantage[i] = group[i].reward - mean;
    if (config.divide_by_std) advantage[i] /= std + config.std_eps;
  }
}

// All rewards equal: no sample is better than another. Compared as they are, since a mean of equal numbers may round.
static bool has_variance(std::span<const Sample> group) {
  const Sample* first = nullptr;
  for (const Sample& s : group) {
    if (!s.has_reward) continue;
    if (first == nullptr)
      first = &s;
    else if (s.reward != first->reward)
      return true;
  }
  return false;
}

Weighted weigh(const GrpoConfig& config, std::span<const Sample> samples) {
  const size_t n = samples.size();
  Weighted w;
  w.advantage.assign(n, 0.0);
  w.token_weight.assign(n, 0.0);
  w.computed.assign(n, false);

  int64_t counted = 0, tokens = 0;  // what the denominators see
  std::vector<bool> varied(n, false);
  for (size_t begin = 0; begin < n;) {
    size_t end = begin + 1;
    while (end < n && samples[end].group == samples[begin].group) ++end;
    const auto group = samples.subspan(begin, end - begin);
    const bool varies = has_variance(group);
    if (varies) group_advantages(config, group, std::span(w.advantage).subspan(begin, end - begin));
    ++w.groups;
    w.groups_without_variance += varies ? 0 : 1;
    for (size_t i = begin; i < end; ++i) varied[i] = varies;
    begin = end;
  }
  auto counts = [&](const Sample& s) {
    return s.has_reward && !(config.mask_truncated && s.truncated) && s.tokens > 0;
  };
  for (const Sample& s : samples) {
    if (!counts(s)) continue;
    ++counted;
    tokens += s.tokens;
  }
  for (size_t i = 0; i < n; ++i) {
    const Sample& s = samples[i];
    if (!counts(s)) {
      w.advantage[i] = 0;
      continue;
    }
    if (config.normalisation == "sequence") {
      w.token_weight[i] = 1.0 / (static_cast<double>(counted) * static_cast<double>(s.tokens));
    } else if (config.normalisation == "token") {
      w.token_weight[i] = 1.0 / static_cast<double>(tokens);
    } else {
      w.token_weight[i] = 1.0 / (static_cast<double>(counted) * static_cast<double>(config.constant_length));
    }
    w.computed[i] = varied[i] || !config.skip_no_variance || config.kl_beta > 0;
  }
  return w;
}

TokenTerm token_term(const GrpoConfig& config, double advantage, float new_log_prob, float old_log_prob) {
  TokenTerm t;
  t.ratio = std::exp(static_cast<double>(new_log_prob) - static_cast<double>(old_log_prob));
  const double clipped = std::clamp(t.ratio, 1 - config.clip_low, 1 + config.clip_high);
  t.clipped = clipped * advantage < t.ratio * advantage;
  if (t.clipped) {
    t.loss = -clipped * advantage;
  } else {
    t.loss = -t.ratio * advantage;
    t.gradient = -t.ratio * advantage;  // d ratio / d new = ratio
  }
  return t;
}

TokenTerm token_term(const GrpoConfig& config, double advantage, float new_log_prob, float old_log_prob,
                     float reference_log_prob) {
  TokenTerm t = token_term(config, advantage, new_log_prob, old_log_prob);
  const double d = std::clamp(static_cast<double>(reference_log_prob) - static_cast<double>(new_log_prob),
                              -kLargestLogRatio, kLargestLogRatio);
  // expm1 keeps what exp(d) − 1 would cancel near d = 0.
  t.kl = std::expm1(d) - d;
  t.loss += config.kl_beta * t.kl;
  t.gradient += config.kl_beta * -std::expm1(d);
  return t;
}

}  // namespace millet::rl
