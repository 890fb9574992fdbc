// Two models on the same problems: is one better, or was it luck? Source: McNemar 1947, with the exact binomial tail.
#pragma once

#include <cstdint>
#include <string_view>

namespace millet::eval {

struct Paired {
  int64_t both = 0, only_first = 0, only_second = 0, neither = 0;  // problems, by who was right
  // How often luck alone would part the problems on which they differ at least so unevenly: two-sided, with a fair
  // coin for each. 1 where they differ on none.
  double p = 1;
};

// From the problems' verdicts in the same order, '1' right and '0' wrong. Throws Error where their numbers differ.
Paired paired(std::string_view first, std::string_view second);

}  // namespace millet::eval
