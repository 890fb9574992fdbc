// The functions of vec.h over arrays.
#pragma once

#include <cstdint>

namespace millet::ops::cpu {

// y[i] = f(x[i]), i < n; y may be x. Errors are stated in kernels/vec_math.h.
struct MathKernels {
  void (*exp)(const float* x, float* y, int64_t n);
  void (*exp_weight)(const float* x, float* y, int64_t n);
  void (*log)(const float* x, float* y, int64_t n);
  void (*sigmoid)(const float* x, float* y, int64_t n);
  float (*sum)(const float* x, int64_t n);  // a row sum of the numeric contract
};

}  // namespace millet::ops::cpu
