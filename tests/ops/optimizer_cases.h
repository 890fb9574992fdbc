// Shapes of weights for the optimizers, for conformance and for speed.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <vector>

namespace millet::tests {

struct StackCase {
  int64_t matrices, rows, columns;
  std::string name() const { return fmt::format("b={},n={},k={}", matrices, rows, columns); }
};

// Both orientations around the sixteen lanes, one matrix and more than there are threads, small and large enough for
// several tasks.
inline std::vector<StackCase> stack_conformance_cases() {
  return {{1, 1, 1}, {1, 1, 9}, {3, 5, 3},   {2, 16, 16},  {1, 17, 33},  {4, 33, 17},
          {0, 4, 4}, {2, 0, 4}, {1, 96, 70}, {5, 40, 100}, {1, 70, 130}, {2, 128, 64}};
}

// The demo's projections and experts, and a larger model's.
inline std::vector<StackCase> stack_speed_cases() {
  return {{1, 128, 128}, {1, 256, 128}, {16, 64, 128}, {8, 128, 64}, {1, 512, 512}, {32, 128, 256}};
}

}  // namespace millet::tests
