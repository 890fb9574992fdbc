// Shapes of matrix products: for conformance and for speed.
#pragma once

#include <cstdint>
#include <vector>

namespace millet::tests {

struct GemmCase {
  int64_t rows, columns, depth;
};

// Small ones at the edges of tiles, panels and blocks of depth.
inline std::vector<GemmCase> gemm_conformance_cases() {
  return {{1, 1, 1},   {0, 5, 7},    {3, 16, 1},   {5, 17, 2},   {6, 16, 16},  {7, 15, 33},   {2, 96, 31},
          {8, 24, 64}, {13, 40, 48}, {67, 33, 20}, {64, 64, 64}, {12, 7, 300}, {131, 50, 257}};
}

}  // namespace millet::tests
