// summary.json: what a demonstration of reinforcement learning with its controls came to, and whether its claims hold.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "millet/report/unknown.h"

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

// A claim of the demonstration, in words, with its figures; `holds` is false as well where a figure is not known.
struct Claim {
  std::string text;
  std::string figures;
  bool holds = false;
};

// Greedy pass@1 at most 20 points above chance before; at least 90 % after; length at least doubled; the random-reward
// control within 10 points of before; every ratio exactly 1.
std::vector<Claim> claims(const Summary& summary);

}  // namespace millet::report
