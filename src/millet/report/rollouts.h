// rollouts/step-N.jsonl: every response that a step of reinforcement learning sampled, with what was made of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millet::report {

struct Reward {
  double total = 0;
  std::vector<std::pair<std::string, double>> parts;  // "accuracy", "format", …
};

struct Rollout {
  int64_t group = 0;    // which prompt of the step
  int64_t sample = 0;   // which response to it
  std::string problem;  // canonical form
  std::string prompt, thinking, answer;
  std::string right_answer;
  bool right = false;
  bool judged = true;                    // false: what judges failed, so that it counts as wrong
  bool well_formed = false;              // exactly the form that rewards ask for
  std::vector<int32_t> prompt_ids, ids;  // as they went in and came out; nothing is re-tokenised
  std::vector<float> log_probs;          // of `ids` under the weights that sampled them
  Reward reward;
  double advantage = 0;
  bool truncated = false;  // ended by length, not by the end token
};

std::string to_line(const Rollout& rollout);  // one line, without its end
Rollout rollout(std::string_view line);       // throws Error for a line that is no such object

// The steps that have rollouts, ascending.
std::vector<int64_t> rollout_steps(const std::filesystem::path& run);

// The rollouts of one step, in their order. Throws Error where the run has none of that step.
std::vector<Rollout> read_rollouts(const std::filesystem::path& run, int64_t step);

}  // namespace millet::report
