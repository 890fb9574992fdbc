// Rows from experts added up for their tokens.
#pragma once

#include "millet/ops/cpu/kernels/rows.h"

namespace millet::ops::cpu {

struct PermuteKernels {
  // y[t] = Σ_s rows[slot[t · slot_stride + s]], s < k, in order from 0; −1 is skipped.
  void (*combine_rows)(ConstRows rows, const int32_t* slot, int64_t slot_stride, int64_t k, Rows y, int64_t tokens,
                       int64_t width);
};

}  // namespace millet::ops::cpu
