// Log-probabilities of rows of logits.
#pragma once

#include "millet/ops/cpu/kernels/rows.h"

namespace millet::ops::cpu {

struct LossKernels {
  // entropy may be null.
  void (*log_prob)(ConstRows logits, const int32_t* target, float* log_prob, float* lse, float* entropy, int64_t rows,
                   int64_t width, float temperature);
  void (*log_prob_backward)(const float* dlog_prob, ConstRows logits, const int32_t* target, const float* lse,
                            Rows dlogits, int64_t rows, int64_t width, float temperature);
};

}  // namespace millet::ops::cpu
