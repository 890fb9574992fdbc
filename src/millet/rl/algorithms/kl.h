// How far the policy has moved from the reference, estimated at one sampled token: k1, k2, k3 of KL(policy ‖
// reference). Source: Schulman, "Approximating KL Divergence" (2020); k3 is DeepSeekMath's eq. 4 (Shao et al. 2024).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millet::rl {

struct KlTerm {
  double value = 0;     // nats
  double gradient = 0;  // d value / d log π
};

// One estimator, of d = log π_ref − log π at a token that π sampled.
struct KlEstimator {
  std::string_view name;
  std::string_view formula;  // of d, as it is printed
  KlTerm (*term)(double d);  // finite for every finite d
};

std::span<const KlEstimator> kl_estimators();
const KlEstimator& kl_estimator(std::string_view name);  // Error for an unknown one
std::vector<std::string> kl_estimator_names();

// β Σ_t k(log π_ref(t) − log π_old(t)) over the tokens of an answer: what it loses of its reward where the estimate is
// part of that (no gradient goes through it).
double kl_penalty(const KlEstimator& estimator, double beta, std::span<const float> old_log_probs,
                  std::span<const float> reference_log_probs);

}  // namespace millet::rl
