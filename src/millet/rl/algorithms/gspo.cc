#include "millet/rl/algorithms/gspo.h"

#include <cmath>

namespace millet::rl {

double sequence_ratio(std::span<const float> new_log_probs, std::span<const float> old_log_probs) {
  if (new_log_probs.empty()) return 1;
  double sum = 0;
  for (size_t t = 0; t < new_log_probs.size(); ++t) {
    sum += static_cast<double>(new_log_probs[t]) - static_cast<double>(old_log_probs[t]);
  }
  return std::exp(sum / static_cast<double>(new_log_probs.size()));
}

std::string sequence_ratio_formula() {
  return "r = exp(1/|o_i| Σ_t (log π(t) − log π_old(t))), one for all of o_i";
}

}  // namespace millet::rl
