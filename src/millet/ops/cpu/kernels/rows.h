// Matrices as kernels take them: row r begins at `at + r · stride`, its elements are dense.
#pragma once

#include <cstdint>

namespace millet::ops::cpu {

struct ConstRows {
  const float* at;
  int64_t stride;
};

struct Rows {
  float* at;
  int64_t stride;
};

}  // namespace millet::ops::cpu
