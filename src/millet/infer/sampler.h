// Draws the next tokens from a step's logits, and says how likely they were.
#pragma once

#include <span>
#include <vector>

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::infer {

// One draw.
struct Draw {
  float temperature = 1;
  float top_p = 1;
  int32_t top_k = 0;
  float uniform = 0;
  double log_prob_temperature = 1;  // in double, as training passes it
};

struct Drawn {
  std::vector<int32_t> tokens;   // [Q]
  std::vector<float> log_probs;  // [Q] of logits / T by ops::log_prob, before top-p and top-k
};

// Draws one token from each row of logits [Q, V] f32. One call of ops::log_prob serves each run of neighbouring draws
// with the same temperature: order the rows by it where they differ. `drawn` is reused.
void sample(Context&, ConstTensor logits, std::span<const Draw> draws, Drawn& drawn);

}  // namespace millet::infer
