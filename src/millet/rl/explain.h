// All that a recipe of reinforcement learning will compute, as formulas: each from the file that computes it.
#pragma once

#include <string>

#include "millet/rl/config.h"

namespace millet::rl {

// Lines of at most a page, without an end of line: objective, advantage, divergence, reward, sampling.
std::string explain(const RlConfig& config);

}  // namespace millet::rl
