#include "millet/rl/algorithms/kl.h"

#include <algorithm>
#include <cmath>

#include "millet/core/error.h"

namespace millet::rl {

// exp overflows a float above 88.7; beyond this distance k3 and its gradient grow no further.
static constexpr double kLargestLogRatio = 20;

// Unbiased, but of either sign; in the loss its gradient, Σ ∇ log π, is zero on average.
static KlTerm k1(double d) {
  return {.value = -d, .gradient = 1};
}

// Biased, never negative; in the loss its gradient is that of the true KL on average.
static KlTerm k2(double d) {
  return {.value = d * d / 2, .gradient = -d};
}

// Unbiased and never negative. expm1 keeps what exp(d) − 1 would cancel near d = 0.
static KlTerm k3(double d) {
  const double near = std::clamp(d, -kLargestLogRatio, kLargestLogRatio);
  return {.value = std::expm1(near) - near, .gradient = -std::expm1(near)};
}

std::span<const KlEstimator> kl_estimators() {
  static constexpr KlEstimator kRows[] = {
      {"k1", "−d", k1},
      {"k2", "d²/2", k2},
      {"k3", "exp(d) − 1 − d, of d between −20 and 20 at most", k3},
  };
  return kRows;
}

std::vector<std::string> kl_estimator_names() {
  std::vector<std::string> names;
  for (const KlEstimator& row : kl_estimators()) names.emplace_back(row.name);
  return names;
}

const KlEstimator& kl_estimator(std::string_view name) {
  for (const KlEstimator& row : kl_estimators()) {
    if (row.name == name) return row;
  }
  fail("unknown estimator of the KL divergence '{}': there are k1, k2 and k3", name);
}

double kl_penalty(const KlEstimator& estimator, double beta, std::span<const float> old_log_probs,
                  std::span<const float> reference_log_probs) {
  double sum = 0;
  for (size_t t = 0; t < old_log_probs.size(); ++t) {
    sum += estimator.term(static_cast<double>(reference_log_probs[t]) - static_cast<double>(old_log_probs[t])).value;
  }
  return beta * sum;
}

}  // namespace millet::rl
