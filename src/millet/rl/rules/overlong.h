// DAPO's soft punishment of answers that near the length limit. Source: Yu et al. 2025, arXiv 2503.14476, eq. 13.
#pragma once

#include <cstdint>
#include <string>

namespace millet::rl {

struct SoftOverlong {
  int64_t max = 0;    // L_max, tokens
  int64_t cache = 0;  // L_cache, tokens: where it rises; 0 < cache ≤ max
};

// Of an answer of `tokens` tokens: 0 up to L_max − L_cache, −1 beyond L_max, a straight line between.
double soft_overlong(const SoftOverlong& limits, int64_t tokens);

// The same in words, as it is printed.
std::string formula(const SoftOverlong& limits);

}  // namespace millet::rl
