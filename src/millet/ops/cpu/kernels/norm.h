// Normalisation of rows.
#pragma once

#include "millet/ops/cpu/kernels/rows.h"

namespace millet::ops::cpu {

struct NormKernels {
  // rstd may be null.
  void (*rms_norm)(ConstRows x, const float* weight, Rows y, float* rstd, int64_t rows, int64_t width, float eps);
  void (*rms_norm_backward_input)(ConstRows dy, ConstRows x, const float* weight, const float* rstd, Rows dx,
                                  int64_t rows, int64_t width);
  void (*rms_norm_backward_weight)(ConstRows dy, ConstRows x, const float* rstd, float* dweight, int64_t rows,
                                   int64_t width);
};

}  // namespace millet::ops::cpu
