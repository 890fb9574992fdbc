// DAPO's dynamic sampling: groups whose answers are all right or all wrong have no advantage, so others are drawn in
// their place. Source: Yu et al. 2025, arXiv 2503.14476, eq. 11: 0 < |{i: o_i is right}| < G.
#pragma once

#include <cstdint>
#include <string>

namespace millet::rl {

// Groups by what their answers were.
struct GroupCount {
  int64_t mixed = 0, all_right = 0, all_wrong = 0;

  // Counts a group with `right` right answers among `answers`; true if it is mixed.
  bool add(int64_t right, int64_t answers);

  int64_t groups() const { return mixed + all_right + all_wrong; }
  // Shares of all groups; NaN where there are none.
  double share(int64_t part) const;
};

std::string dynamic_sampling_formula(int64_t draws);

}  // namespace millet::rl
