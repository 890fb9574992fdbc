// Parameters, operations and bytes of a model: one truth for `millet info`, the planner and the utilisation figure.
#pragma once

#include <cstdint>

#include "millet/model/config.h"

namespace millet::model {

struct Count {
  int64_t parameters = 0;         // of the main model, its correction biases included as DeepSeek counts them
  int64_t active = 0;             // that one token touches: k of the E routed experts; embedding table included
  int64_t embedding = 0;          // of which the embedding table
  int64_t mtp = 0;                // of the second prediction, shared embedding and head left out
  int64_t correction_biases = 0;  // moved by hand, not learned
  int64_t cache_bytes_bf16 = 0;   // of a token in every layer (ModelConfig::cache_elements)
};

// By walking the weights of a model that is registered but not allocated.
Count count(const ModelConfig& config);

// Operations of one forward over `rows` rows in sequences of `context` tokens; training costs three times that.
double forward_flops(const ModelConfig& config, int64_t rows, int64_t context, bool mtp);

}  // namespace millet::model
