// Shapes of rotations, for conformance and for speed.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <vector>

namespace millet::tests {

struct RopeCase {
  int64_t rows, heads, width;
  std::string name() const { return fmt::format("rows={},heads={},width={}", rows, heads, width); }
};

inline std::vector<RopeCase> rope_conformance_cases() {
  return {{1, 1, 2}, {5, 2, 14}, {3, 1, 16}, {4, 3, 18}, {2, 2, 34}, {0, 2, 8}, {90, 4, 64}};
}

inline std::vector<RopeCase> rope_speed_cases() {
  return {{2048, 4, 16}, {2048, 1, 16}, {512, 128, 64}};
}

}  // namespace millet::tests
