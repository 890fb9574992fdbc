// How tokens are to be drawn, and the random number that belongs to each of them.
#pragma once

#include <cstdint>

#include "millet/core/bounds.h"
#include "millet/core/rng.h"

namespace millet::infer {

// Temperatures of draws: 0.01 takes the likeliest token all but always, and logits over much less than that overflow.
inline constexpr Bounds kTemperatures = between(0.01, 100);

struct SamplingParams {
  double temperature = 1;  // 0: the most likely token
  double top_p = 1;        // 1: all
  int64_t top_k = 0;       // 0: all
  uint64_t seed = 0;
  uint64_t step = 0;  // the optimizer step that rollouts belong to; 0 elsewhere

  void check() const;  // throws Error naming the value that is out of range

  // The temperature whose log-probabilities are recorded: its own; 1 for greedy, where logits / 0 say nothing.
  double log_prob_temperature() const { return temperature > 0 ? temperature : 1; }
};

// Names all draws of one response: (seed, "sample", step, sample id). The id counts samples (prompt × group index) and
// never a slot of the batch, so neither batching, nor preemption, nor the order of arrival can change a token.
RandomKey sampling_key(const SamplingParams& params, uint64_t sample_id);

// The number in [0, 1) that decides token `position` of a response. 24 bits: exact in f32, and never rounded up to 1.
float uniform_of_draw(RandomKey key, uint64_t position);

}  // namespace millet::infer
