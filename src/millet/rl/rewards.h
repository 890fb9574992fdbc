// Rule rewards: is the answer right, has the response the form. No model judges. Source: DeepSeek-R1 §2.2.2.
#pragma once

#include <cstdint>

#include "millet/eval/grade.h"
#include "millet/report/rollouts.h"
#include "millet/rl/config.h"

namespace millet::rl {

// Names the coin of kind = "random": a function of seed, step and sample, whatever was answered.
struct Coin {
  uint64_t seed = 0;
  int64_t step = 0;
  int64_t sample = 0;
};

// Total and its parts, "accuracy" and "format". An answer outside the form earns nothing under kind = "rule": what
// cannot be read cannot be right.
report::Reward reward(const RewardConfig& config, const eval::Grade& grade, const Coin& coin);

}  // namespace millet::rl
