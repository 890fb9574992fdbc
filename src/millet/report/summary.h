// summary.json: what a demonstration of reinforcement learning with its controls came to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "millet/report/evaluation.h"

namespace millet::report {

struct Outcome {
  double pass1 = kUnknown;   // greedy
  double passk = kUnknown;   // at T = 1
  double length = kUnknown;  // mean, greedy, in tokens
};

struct Summary {
  std::string recipe;
  int64_t seed = 0;
  double chance = kUnknown;
  Outcome before, after;
  Outcome random_reward, supervised;  // the controls
  int64_t ratio_tokens = 0;           // log-probabilities compared between rollouts and trainer
  int64_t ratio_mismatches = 0;
  std::vector<std::pair<std::string, double>> seconds;  // by phase, in their order
};

//   {"recipe", "seed", "chance", "before": {"pass1", "passk", "length"}, "after": {…},
//    "controls": {"random_reward": {…}, "supervised": {…}}, "ratio_exactly_one": true,
//    "ratio": {"tokens", "mismatches"}, "seconds": {…}}
// ratio_exactly_one is true where tokens were compared and none differed.
void write_summary(const std::filesystem::path& dir, const Summary& summary);
Summary read_summary(const std::filesystem::path& dir);  // of <dir>/summary.json; throws Error

}  // namespace millet::report
