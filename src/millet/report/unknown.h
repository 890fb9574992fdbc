// Numbers that may not be known: not-a-number in memory, null in a file, "–" before people.
#pragma once

#include <cmath>
#include <limits>
#include <string_view>

#include "millet/io/json.h"

namespace millet::report {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// JSON has neither infinities nor not-a-number; both become null.
inline io::Json json_number(double value) {
  return std::isfinite(value) ? io::Json(value) : io::Json();
}

// The member's number; unknown where it is absent or null.
inline double number_of(const io::Json& object, std::string_view key) {
  return object.double_or(key, kUnknown);
}

}  // namespace millet::report
