// Group Relative Policy Optimization: the objective of R1-Zero, and the repairs that are known for it. Everything that
// the printed formula says is computed here, or in the file of the idea: gspo, kl. Sources: DeepSeekMath (Shao et al.
// 2024) eq. 3, DeepSeek-R1 eq. 1–3; DAPO (Yu et al. 2025, arXiv 2503.14476) eq. 8–12; Dr. GRPO (Liu et al. 2025, arXiv
// 2503.20783) §3.2.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "millet/core/fields.h"

namespace millet::rl {

struct GrpoConfig {
  std::string normalisation = "sequence";  // how token terms are averaged
  int64_t constant_length = 0;             // tokens; the denominator per sample of "constant"
  bool divide_by_std = true;
  double std_eps = 1e-4;
  double clip_low = 0.2;
  double clip_high = 0.2;
  std::string ratio = "token";  // or "sequence": GSPO
  double kl_beta = 0.0;
  std::string kl_estimator = "k3";
  std::string kl_in = "loss";   // or "reward"
  int64_t reference_every = 0;  // steps after which the policy becomes the reference; 0 = never
  bool mask_truncated = false;
  bool skip_no_variance = true;

  void fields(Fields& f);
  void check() const;
  bool needs_reference() const { return kl_beta > 0; }
  bool kl_in_loss() const { return kl_beta > 0 && kl_in == "loss"; }
  bool kl_in_reward() const { return kl_beta > 0 && kl_in == "reward"; }
};

// The objective in force, as text: formula, conventions, and what each choice changes.
std::string formula(const GrpoConfig& config, double temperature);

// One sampled answer. Samples of one prompt are neighbours; groups may differ in size.
struct Sample {
  int64_t group = 0;
  int64_t tokens = 0;  // of the response, the end token included
  double reward = 0;
  bool truncated = false;  // ran into the length limit
};

struct Weighted {
  std::vector<double> advantage;     // of each sample; exactly 0 where it contributes nothing
  std::vector<double> token_weight;  // factor of each token's term of this sample, the whole step's denominator applied
  std::vector<bool> computed;        // false: no gradient can come of this sample, its forward may be skipped
  int64_t groups = 0;
  int64_t groups_without_variance = 0;
  int64_t groups_nearly_flat = 0;  // their deviation is below 1e-4 of their largest reward: dividing blows noise up
};

// Advantages and weights of a whole step, all minibatches together:
//   A_i = (R_i − mean) / (std + eps), std over the group with n − 1 (or A_i = R_i − mean); a group of one, or without
//   variance, gives 0.
// Weights: "sequence" 1 / (samples · tokens_i); "token" 1 / (all tokens); "constant" 1 / (samples · constant_length).
// Samples masked as truncated leave numerator and denominator; groups without variance stay in the denominator.
Weighted weigh(const GrpoConfig& config, std::span<const Sample> samples);

// The loss of one token and its gradient by the new log-probability (to be multiplied by the sample's token_weight):
//   −min(r A, clip(r, 1 − clip_low, 1 + clip_high) A) + kl_beta · k(d),   d = ref − new
struct TokenTerm {
  double loss = 0;
  double gradient = 0;  // d loss / d new
  double ratio = 1;
  double kl = 0;         // the estimate against the reference; 0 without one
  bool clipped = false;  // the clip is what acts: the policy gradient is exactly 0
};

// The terms of one answer's tokens. r = exp(new − old) of each token, or sequence_ratio() of all (config.ratio). The
// reference's log-probabilities: empty where the loss has no KL term.
std::vector<TokenTerm> answer_terms(const GrpoConfig& config, double advantage, std::span<const float> new_log_probs,
                                    std::span<const float> old_log_probs,
                                    std::span<const float> reference_log_probs = {});

}  // namespace millet::rl
