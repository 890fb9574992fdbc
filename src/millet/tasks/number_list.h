// Lists of numbers as tasks write them: "4 17 8".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millet/core/rng.h"

namespace millet::tasks {

std::vector<int64_t> random_numbers(Rng& rng, int64_t count, int64_t below);  // each uniform over [0, below)

std::string to_text(const std::vector<int64_t>& numbers);  // single spaces between

// The reverse, and only of what to_text writes: no sign, no leading zero, no other space. Nothing for any other text.
std::optional<std::vector<int64_t>> read_numbers(std::string_view text);

}  // namespace millet::tasks
