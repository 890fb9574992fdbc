#include "millet/rl/algorithms/dynamic_sampling.h"

#include <fmt/core.h>

#include <limits>

namespace millet::rl {

bool GroupCount::add(int64_t right, int64_t answers) {
  if (right == 0) {
    ++all_wrong;
    return false;
  }
  if (right == answers) {
    ++all_right;
    return false;
  }
  ++mixed;
  return true;
}

double GroupCount::share(int64_t part) const {
  if (groups() == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(part) / static_cast<double>(groups());
}

std::string dynamic_sampling_formula(int64_t draws) {
  return fmt::format("groups with 0 < right answers < G alone; the others are drawn anew, {} draws at most", draws);
}

}  // namespace millet::rl
