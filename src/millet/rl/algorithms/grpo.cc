#include "millet/rl/algorithms/grpo.h"

#include <algorithm>
#include <cmath>

#include "millet/core/error.h"
#include "millet/rl/algorithms/gspo.h"
#include "millet/rl/algorithms/kl.h"

namespace millet::rl {

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
  f("ratio", ratio,
    "token: each token has its importance ratio; sequence: an answer has one, the geometric mean of theirs (GSPO)",
    {"token", "sequence"});
  f("kl_beta", kl_beta, "weight of the estimate of KL(policy ‖ reference), 0 = no reference model", between(0, 1e6));
  f("kl_estimator", kl_estimator,
    "k1: unbiased, without a gradient of its own in the loss; k2: half the squared log ratio; k3: unbiased and never "
    "negative (the paper)",
    kl_estimator_names());
  f("kl_in", kl_in,
    "loss: each token's estimate is a term of the loss (the paper); reward: their sum is taken from the answer's "
    "reward",
    {"loss", "reward"});
  f("reference_every", reference_every, "steps after which the policy's weights become the reference, 0 = never",
    count_from(0));
  f("mask_truncated", mask_truncated, "answers cut off by the length limit contribute nothing");
  f("skip_no_variance", skip_no_variance, "groups whose rewards are all equal are not computed (their advantage is 0)");
}

void GrpoConfig::check() const {
  require(normalisation != "constant" || constant_length > 0,
          "rl.grpo.constant_length is 0, constant normalisation divides by it: give a positive one, as "
          "rl.max_new_tokens");
  require(reference_every == 0 || needs_reference(),
          "rl.grpo.reference_every is {}, but there is no reference: give rl.grpo.kl_beta", reference_every);
}

std::string formula(const GrpoConfig& c, double temperature) {
  std::string average;
  if (c.normalisation == "sequence") average = "1/N Σ_i 1/|o_i| Σ_t";
  if (c.normalisation == "token") average = "1/Σ_i|o_i| Σ_i Σ_t";
  if (c.normalisation == "constant") average = fmt::format("1/(N·{}) Σ_i Σ_t", c.constant_length);
  const std::string advantage =
      c.divide_by_std ? fmt::format("(R_i − mean R) / (std R + {}), std with n − 1", c.std_eps) : "R_i − mean R";
  const bool sequence = c.ratio == "sequence";
  std::string term = fmt::format("min(r A_i, clip(r, 1 − {}, 1 + {}) A_i)", c.clip_low, c.clip_high);
  if (c.kl_in_loss()) term = fmt::format("[{} − {}·{}(d)]", term, c.kl_beta, c.kl_estimator);  // inside the sums
  std::string text = fmt::format("{}   J = {} {}\n", sequence ? "GSPO" : "GRPO", average, term);
  text += fmt::format("       {}, π at temperature {},   A_i = {}\n",
                      sequence ? sequence_ratio_formula() : "r = exp(log π(t) − log π_old(t))", temperature, advantage);
  if (c.needs_reference()) {
    text += fmt::format("       {}(d) = {},   d = log π_ref(t) − log {}(t)", c.kl_estimator,
                        kl_estimator(c.kl_estimator).formula, c.kl_in_loss() ? "π" : "π_old");
    if (c.kl_in_reward()) text += fmt::format(",   R_i ← R_i − {} Σ_t {}(d)", c.kl_beta, c.kl_estimator);
    text += c.reference_every > 0 ? fmt::format(";   π_ref ← π every {} steps\n", c.reference_every) : "\n";
  }
  text += c.mask_truncated ? "       N samples of the step; truncated ones count in the mean of their group alone"
                           : "       N samples of the step, truncated ones like the others";
  text += fmt::format("; groups without variance have A = 0{}",
                      c.skip_no_variance && !c.kl_in_loss() ? " and are not computed" : "");
  return text;
}

// Below this share of the largest reward a deviation is hardly one.
static constexpr double kNearlyFlat = 1e-4;

// True where the group is nearly flat.
static bool group_advantages(const GrpoConfig& config, std::span<const Sample> group, std::span<double> advantage) {
  if (group.size() < 2) return false;
  double sum = 0, largest = 0;
  for (const Sample& s : group) {
    sum += s.reward;
    largest = std::max(largest, std::abs(s.reward));
  }
  const auto n = static_cast<double>(group.size());
  const double mean = sum / n;
  double squares = 0;
  for (const Sample& s : group) squares += (s.reward - mean) * (s.reward - mean);
  if (squares == 0) return false;
  const double std = std::sqrt(squares / (n - 1));
  for (size_t i = 0; i < group.size(); ++i) {
    advantage[i] = group[i].reward - mean;
    if (config.divide_by_std) advantage[i] /= std + config.std_eps;
  }
  return std < kNearlyFlat * largest;
}

// All rewards equal: no sample is better than another. Compared as they are, since a mean of equal numbers may round.
static bool has_variance(std::span<const Sample> group) {
  return std::ranges::any_of(group, [&](const Sample& s) { return s.reward != group.front().reward; });
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
    if (varies && group_advantages(config, group, std::span(w.advantage).subspan(begin, end - begin))) {
      ++w.groups_nearly_flat;
    }
    ++w.groups;
    w.groups_without_variance += varies ? 0 : 1;
    for (size_t i = begin; i < end; ++i) varied[i] = varies;
    begin = end;
  }
  auto counts = [&](const Sample& s) { return !(config.mask_truncated && s.truncated) && s.tokens > 0; };
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
    w.computed[i] = varied[i] || !config.skip_no_variance || config.kl_in_loss();
  }
  return w;
}

// −min(r A, clip(r) A) and its gradient by log r.
static TokenTerm clipped_term(const GrpoConfig& config, double advantage, double ratio) {
  TokenTerm t{.ratio = ratio};
  const double clipped = std::clamp(ratio, 1 - config.clip_low, 1 + config.clip_high);
  t.clipped = clipped * advantage < ratio * advantage;
  if (t.clipped) {
    t.loss = -clipped * advantage;
  } else {
    t.loss = -ratio * advantage;
    t.gradient = -ratio * advantage;  // d r / d log r = r
  }
  return t;
}

std::vector<TokenTerm> answer_terms(const GrpoConfig& config, double advantage, std::span<const float> new_log_probs,
                                    std::span<const float> old_log_probs, std::span<const float> reference_log_probs) {
  const size_t n = new_log_probs.size();
  std::vector<TokenTerm> terms;
  if (config.ratio == "sequence") {
    terms.assign(n, clipped_term(config, advantage, sequence_ratio(new_log_probs, old_log_probs)));
  } else {
    for (size_t t = 0; t < n; ++t) {
      const double log_ratio = static_cast<double>(new_log_probs[t]) - static_cast<double>(old_log_probs[t]);
      terms.push_back(clipped_term(config, advantage, std::exp(log_ratio)));
    }
  }
  if (reference_log_probs.empty()) return terms;
  const KlEstimator& estimator = kl_estimator(config.kl_estimator);
  for (size_t t = 0; t < n; ++t) {
    const KlTerm kl =
        estimator.term(static_cast<double>(reference_log_probs[t]) - static_cast<double>(new_log_probs[t]));
    terms[t].kl = kl.value;
    terms[t].loss += config.kl_beta * kl.value;
    terms[t].gradient += config.kl_beta * kl.gradient;
  }
  return terms;
}

}  // namespace millet::rl
