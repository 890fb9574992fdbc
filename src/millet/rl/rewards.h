// Rule rewards: is the answer right, has the response the form, is it too long, does it repeat itself. No model judges.
// Source: DeepSeek-R1 §2.2.2; each further rule names its own (rl/rules).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "millet/eval/grade.h"
#include "millet/report/rollouts.h"
#include "millet/rl/config.h"
#include "millet/text/answer_form.h"

namespace millet::rl {

// Names the coin of kind = "random": a function of seed, step and sample, whatever was answered.
struct Coin {
  uint64_t seed = 0;
  int64_t step = 0;
  int64_t sample = 0;
};

// A response as the rules see it.
struct Answered {
  const eval::Grade& grade;
  std::span<const int32_t> ids;  // the end token included, where it was drawn
  const text::AnswerForm& form;
};

// Total and its parts, "accuracy" and "format", and of the further rules those that the recipe gives a weight:
// "overlong", "repetition". An answer outside the strict form is never right: what cannot be read cannot be right.
// `limit` is rl.max_new_tokens.
report::Reward reward(const RewardConfig& config, int64_t limit, const Answered& answer, const Coin& coin);

// R_i in force, as text.
std::string formula(const RewardConfig& config, int64_t limit);

}  // namespace millet::rl
