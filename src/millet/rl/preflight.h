// Before the first step: can this recipe learn? Some problems are asked as a step would ask them, and what the answers
// say is told. Where the answers of no group differ in their rewards there is nothing to prefer; where none is both
// right and wrong, nothing but the form or what else is rewarded.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "millet/eval/interval.h"
#include "millet/report/metrics.h"
#include "millet/report/rollouts.h"
#include "millet/rl/algorithms/dynamic_sampling.h"
#include "millet/rl/config.h"

namespace millet::rl {

struct Preflight {
  int64_t answers = 0;
  int64_t right = 0, well_formed = 0, truncated = 0;  // of these, by the task's verifier and the form
  GroupCount groups;                                  // by the reward for being right
  int64_t differing = 0;                              // groups whose rewards are not all the same

  eval::Interval sure;  // of the share that is right; answers to one problem agree

  double share(int64_t part) const { return static_cast<double>(part) / static_cast<double>(answers); }
};

// What rollouts (config.preflight groups of config.group) came to.
Preflight preflight(std::span<const report::Rollout> rollouts);

// One line for the log: pass rate with its interval, groups by what they were.
std::string describe(const Preflight& facts);

// Why the recipe cannot learn, or hardly, and what to do about it; empty where all is well.
std::vector<std::string> warnings(const Preflight& facts, const RlConfig& config);

// The row of phase "preflight", at step 0.
report::MetricsRow preflight_row(const Preflight& facts);

}  // namespace millet::rl
