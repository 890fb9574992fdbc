// The algorithms there are: what each sets of a recipe's keys. Nothing else depends on the name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millet/core/fields.h"

namespace millet::rl {

struct RlConfig;

struct Algorithm {
  std::string_view name;
  std::string_view title, source;                     // for people
  std::vector<std::string> (*keys)(const RlConfig&);  // "key=value" below rl, some a function of other keys
};

std::span<const Algorithm> algorithms();
const Algorithm& find_algorithm(std::string_view name);  // Error for an unknown one
std::vector<std::string> algorithm_names();

// Sets the keys of the recipe's algorithm that nobody has set otherwise (those whose origin is "default"). `fields`
// hold `config` below "rl".
void apply_algorithm(const RlConfig& config, Fields& fields);

// The keys of the config's algorithm that have another value, as text: "rl.grpo.clip_high = 0.25 (DAPO: 0.28)".
std::vector<std::string> kept_otherwise(const RlConfig& config);

}  // namespace millet::rl
