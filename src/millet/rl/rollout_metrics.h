// What a step's rollouts were like, in numbers for metrics.jsonl.
#pragma once

#include <cstdint>
#include <vector>

#include "millet/report/metrics.h"
#include "millet/report/rollouts.h"

namespace millet::rl {

// The row of step `step` in phase "rl". Means over all responses: reward, accuracy, format (the form held), length
// (tokens), thinks (a thought that is not empty), truncated, wait (how often a response says it); wait_long: the same
// among those that think, NaN where none does; entropy: nats a token.
report::MetricsRow rollout_metrics(int64_t step, const std::vector<report::Rollout>& rollouts);

}  // namespace millet::rl
