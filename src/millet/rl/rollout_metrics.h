// What a step's rollouts were like, in numbers for metrics.jsonl.
#pragma once

#include <cstdint>
#include <vector>

#include "millet/report/metrics.h"
#include "millet/report/rollouts.h"
#include "millet/rl/rollout.h"

namespace millet::rl {

// The row of step `step` in phase "rl". Means over all responses: reward, accuracy, format (the form held), length
// (tokens), thinks (a thought that is not empty), truncated, wait (how often a response says it); wait_long: the same
// among those that think, NaN where none does; entropy: nats a token.
report::MetricsRow rollout_metrics(int64_t step, const std::vector<report::Rollout>& rollouts);

// Adds to a step's row which groups were drawn: shares all_right and all_wrong; of dynamic sampling draws, groups_drawn
// and groups_trained.
void record(const Drawn& drawn, bool dynamic_sampling, report::MetricsRow& row);

}  // namespace millet::rl
