#include "millet/eval/interval.h"

#include <algorithm>
#include <cmath>

namespace millet::eval {

Interval wilson(int64_t right, int64_t total) {
  if (total <= 0) return {};
  constexpr double z = 1.959963984540054;
  const auto n = static_cast<double>(total);
  const double p = static_cast<double>(right) / n, scale = 1 + z * z / n;
  const double centre = (p + z * z / (2 * n)) / scale;
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale;
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

}  // namespace millet::eval
