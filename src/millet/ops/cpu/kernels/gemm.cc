// Matrix products: the inner loop is gemm_block.h's; here are the copies that lay right-hand sides out in panels.
#include "millet/ops/cpu/kernels/gemm.h"

#include "millet/ops/cpu/kernels/gemm_block.h"
#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

void pack_transposed(const float* w, int64_t stride, int64_t columns, int64_t depth, float* panel) {
  for (int64_t k = 0; k < depth; k += 16)
    transpose_16(w + k, stride, columns, depth - k < 16 ? depth - k : 16, panel + k * kPanel, kPanel);
}

void pack(const float* b, int64_t stride, int64_t columns, int64_t depth, float* panel) {
  const mask16 wanted = first(columns);
  for (int64_t k = 0; k < depth; ++k)
    store(panel + k * kPanel, columns == kPanel ? load(b + k * stride) : load(b + k * stride, wanted));
}

}  // namespace

extern const GemmKernels gemm;
const GemmKernels gemm = {.block = multiply, .pack_transposed = pack_transposed, .pack = pack};

}  // namespace millet::ops::cpu::MILLET_ISA
