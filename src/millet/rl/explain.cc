#include "millet/rl/explain.h"

#include <fmt/format.h>

#include "millet/rl/algorithms/dynamic_sampling.h"
#include "millet/rl/algorithms/list.h"
#include "millet/rl/rewards.h"

namespace millet::rl {

std::string explain(const RlConfig& config) {
  std::string text = formula(config.grpo, config.temperature);
  text += "\n       " + formula(config.reward, config.max_new_tokens);
  if (config.minibatches > 1 || config.epochs > 1) {
    text += fmt::format("\n       {} updates a step: {}", config.minibatches * config.epochs,
                        config.minibatches == 1
                            ? "all its answers, each time"
                            : fmt::format("each of {} minibatches has its part of the sums, times {}; N and the other "
                                          "denominators are the step's",
                                          config.minibatches, config.minibatches));
  }
  if (config.draws > 1) text += "\n       " + dynamic_sampling_formula(config.draws);
  if (const Algorithm& a = find_algorithm(config.algorithm); a.name != "grpo") {
    text += fmt::format("\n       {}: {}", a.title, a.source);
    const std::vector<std::string> kept = kept_otherwise(config);
    if (!kept.empty()) text += fmt::format("; the recipe says otherwise and is kept: {}", fmt::join(kept, ", "));
  }
  return text;
}

}  // namespace millet::rl
