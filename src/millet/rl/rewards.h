// Rule rewards: is the answer right, has the response the form. No model judges. Source: DeepSeek-R1 §2.2.2.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "millet/report/rollouts.h"
#include "millet/rl/config.h"
#include "millet/tasks/task.h"
#include "millet/text/thinking.h"

namespace millet::rl {

struct Judgement {
  text::Response response;  // thinking and answer as they were read
  bool right = false;       // the form holds and the verifier accepts the answer
  report::Reward reward;    // total and its parts, "accuracy" and "format"
};

// Names the coin of kind = "random": a function of seed, step and sample, whatever was answered.
struct Coin {
  uint64_t seed = 0;
  int64_t step = 0;
  int64_t sample = 0;
};

// `ids`: the response from after the prompt, as it was sampled. An answer outside the form earns nothing: what cannot
// be read cannot be right.
Judgement judge(const RewardConfig& config, const tasks::Task& task, const tasks::Problem& problem,
                const text::ThinkingFormat& format, std::span<const int32_t> ids, const Coin& coin);

}  // namespace millet::rl
