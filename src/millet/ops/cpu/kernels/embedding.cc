// Embedding gradient. Bound: one addition for 12 bytes: memory, at random rows.
#include "millet/ops/cpu/kernels/embedding.h"

#include "millet/ops/cpu/kernels/lanes.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

void backward(ConstRows dy, const int32_t* ids, Rows dtable, int64_t rows, int64_t width) {
  for (int64_t t = 0; t < rows; ++t) {
    if (ids[t] < 0) continue;
    const float* from = dy.at + t * dy.stride;
    float* to = dtable.at + ids[t] * dtable.stride;
    for_lanes(width, [&](int64_t i, auto lanes) { store(to + i, load(to + i, lanes) + load(from + i, lanes), lanes); });
  }
}

}  // namespace

extern const EmbeddingKernels embedding;
const EmbeddingKernels embedding = {.backward = backward};

}  // namespace millet::ops::cpu::MILLET_ISA
