// Arithmetic on whole tensors and on rows.
#pragma once

#include "millet/ops/cpu/kernels/rows.h"

namespace millet::ops::cpu {

struct ElementwiseKernels {
  void (*fill)(Rows y, float value, int64_t rows, int64_t width);
  void (*add)(ConstRows a, ConstRows b, Rows y, int64_t rows, int64_t width);
  void (*scale)(ConstRows x, float factor, Rows y, int64_t rows, int64_t width);
  void (*scale_rows)(ConstRows x, const float* weight, Rows y, int64_t rows, int64_t width);
  void (*row_dot)(ConstRows a, ConstRows b, float* y, int64_t rows, int64_t width);
  // One row's heads begin head_stride apart.
  void (*sum_heads)(ConstRows dy, int64_t head_stride, Rows dx, int64_t rows, int64_t heads, int64_t width);
  // Exact squares in 16 strided partial sums, then the tree.
  double (*sum_of_squares)(const float* x, int64_t width);
};

}  // namespace millet::ops::cpu
