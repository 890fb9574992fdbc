// Arithmetic of the optimizers, besides Muon's matrix products.
#pragma once

#include <cstdint>

namespace millet::ops::cpu {

// Of one step, in the form that the kernel multiplies by.
struct AdamWFactors {
  float grad_scale;
  float beta1, rest1;  // rest = 1 − β
  float beta2, rest2;
  float correction1, correction2;  // 1 − β^step
  float eps;
  float lr;
  float decay;  // lr · weight_decay
};

struct OptimizerKernels {
  void (*adamw)(float* weight, const float* grad, float* m, float* v, int64_t count, const AdamWFactors&);

  // momentum ← μ · momentum + scale · grad;  u = scale · grad + μ · momentum (nesterov) or momentum.
  void (*muon_momentum)(const float* grad, float* momentum, float* u, int64_t count, float mu, float scale,
                        bool nesterov);
  // y[c][r] = x[r][c]. Rows of y are written to the next multiple of 16, with zeros.
  void (*transpose)(const float* x, int64_t x_stride, int64_t rows, int64_t columns, float* y, int64_t y_stride);
  // A symmetric matrix y [n, n] of which columns first … first + 15 are known down to the diagonal's block: copies what
  // lies above that block to its mirror image.
  void (*mirror)(float* y, int64_t stride, int64_t n, int64_t first);
  // In the same part of y, which holds gram²:  y ← a·I + b·gram + c·gram².
  void (*muon_polynomial)(const float* gram, float* y, int64_t stride, int64_t n, int64_t first, float a, float b,
                          float c);
  // weight ← weight − decay · weight − step · direction
  void (*muon_update)(float* weight, const float* direction, int64_t count, float decay, float step);
};

}  // namespace millet::ops::cpu
