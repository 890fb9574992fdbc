// Weights to begin with. Every element is a function of (seed, parameter name, element), whatever else the model holds.
#pragma once

#include <cstdint>
#include <string_view>

#include "millet/core/context.h"
#include "millet/nn/parameters.h"

namespace millet::model {

enum class Init : uint8_t {
  // All matrices normal with one standard deviation (DeepSeek-V3 §4.2: 0.006; config.json's initializer_range).
  plain,
  // Embedding 1, head 0.02, other matrices 1/√in, those that write into the residual stream further divided by
  // √(2·layers):
  // small models learn faster from it.
  scaled,
};

struct InitOptions {
  Init scheme = Init::scaled;
  double standard_deviation = 0.006;  // of Init::plain
  int64_t layers = 1;                 // of Init::scaled
  int64_t distinct = 0;               // so many numbers of each weight, over and over: quick, for rehearsals; 0: all
};

Init parse_init(std::string_view name);  // "plain" or "scaled"; Error otherwise

// Norms become 1, biases 0.
void initialise(nn::Parameters& parameters, uint64_t seed, const InitOptions& options);

}  // namespace millet::model
