// The gradient of a token embedding.
#pragma once

#include "millet/ops/cpu/kernels/rows.h"

namespace millet::ops::cpu {

struct EmbeddingKernels {
  // dtable[ids[t]] += dy[t] in order of t; an id of −1 is skipped.
  void (*backward)(ConstRows dy, const int32_t* ids, Rows dtable, int64_t rows, int64_t width);
};

}  // namespace millet::ops::cpu
