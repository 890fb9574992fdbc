#include "millet/core/bounds.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace millet {

// 1e9 reads better as the number that it is.
static std::string plain(double value) {
  return value == std::floor(value) && std::abs(value) < 1e15 ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
}

std::string Bounds::text() const {
  const bool from = std::isfinite(least), to = std::isfinite(most);
  if (from && to && !above_least && !below_most) return fmt::format("between {} and {}", plain(least), plain(most));
  std::vector<std::string> parts;
  if (from) parts.push_back(fmt::format("{} {}", above_least ? "above" : "at least", plain(least)));
  if (to) parts.push_back(fmt::format("{} {}", below_most ? "below" : "at most", plain(most)));
  return parts.empty() ? "a finite number" : fmt::format("{}", fmt::join(parts, " and "));
}

}  // namespace millet
