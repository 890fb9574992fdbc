// The numbers that a config field may hold.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace millet {

struct Bounds {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool above_least = false;  // least itself is refused
  bool below_most = false;   // most itself is refused

  bool hold(double value) const {  // NaN and the infinities are never held
    return value - value == 0 && (above_least ? value > least : value >= least) &&
           (below_most ? value < most : value <= most);
  }
  std::string text() const;  // "between 0 and 1", "above 0 and below 1", "at least 2", "a finite number"
};

constexpr Bounds between(double least, double most) {
  return {.least = least, .most = most};
}
constexpr Bounds above(double least, double most = std::numeric_limits<double>::infinity()) {
  return {.least = least, .most = most, .above_least = true};
}
constexpr Bounds below(double least, double most) {  // least ≤ x < most
  return {.least = least, .most = most, .below_most = true};
}
constexpr Bounds at_least(double least) {
  return {.least = least};
}

// Of things that are counted: a billion is more than any job has, and products of two still fit an int64_t.
constexpr int64_t kMostCounted = 1'000'000'000;
constexpr Bounds count_from(int64_t least) {
  return {.least = static_cast<double>(least), .most = static_cast<double>(kMostCounted)};
}

}  // namespace millet
