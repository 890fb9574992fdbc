#include "millet/rl/explain.h"

#include "millet/rl/algorithms/dynamic_sampling.h"
#include "millet/rl/rewards.h"

namespace millet::rl {

std::string explain(const RlConfig& config) {
  std::string text = formula(config.grpo, config.temperature);
  text += "\n       " + formula(config.reward, config.max_new_tokens);
  if (config.draws > 1) text += "\n       " + dynamic_sampling_formula(config.draws);
  return text;
}

}  // namespace millet::rl
