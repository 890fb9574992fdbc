#include "millet/eval/interval.h"

#include <algorithm>
#include <cmath>

namespace millet::eval {

static Interval wilson_of(double p, double n) {
  constexpr double z = 1.959963984540054;
  const double scale = 1 + z * z / n;
  const double centre = (p + z * z / (2 * n)) / scale;
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale;
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Interval wilson(int64_t right, int64_t total) {
  if (total <= 0) return {};
  const auto n = static_cast<double>(total);
  return wilson_of(static_cast<double>(right) / n, n);
}

Interval clustered(std::span<const Cluster> problems) {
  double right = 0, n = 0;
  for (const Cluster& c : problems) {
    right += static_cast<double>(c.right);
    n += static_cast<double>(c.answers);
  }
  if (n == 0) return {};
  const double p = right / n;
  const auto m = static_cast<double>(problems.size());
  double squares = 0;
  for (const Cluster& c : problems) {
    const double off = static_cast<double>(c.right) - p * static_cast<double>(c.answers);
    squares += off * off;
  }
  if (m < 2 || right == 0 || right == n) return wilson_of(p, m);
  const double variance = m / (m - 1) * squares / (n * n);
  // Exactly no variance: every problem has the same share.
  const double effective = variance > 0 ? p * (1 - p) / variance : n;
  return wilson_of(p, std::clamp(effective, m, n));
}

}  // namespace millet::eval
