// combine_rows. Bound: one addition for 4 bytes read: memory, at random rows.
#include "millet/ops/cpu/kernels/permute.h"

#include "millet/ops/cpu/kernels/lanes.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

void combine_rows(ConstRows rows, const int32_t* slot, int64_t slot_stride, int64_t k, Rows y, int64_t tokens,
                  int64_t width) {
  for (int64_t t = 0; t < tokens; ++t) {
    const int32_t* from = slot + t * slot_stride;
    float* to = y.at + t * y.stride;
    if (width == 1) {  // gates
      float total = 0;
      for (int64_t s = 0; s < k; ++s) {
        if (from[s] >= 0) total += rows.at[from[s] * rows.stride];
      }
      *to = total;
      continue;
    }
    for_lanes(width, [&](int64_t i, auto lanes) {
      f32x16 total = zero();
      for (int64_t s = 0; s < k; ++s) {
        if (from[s] >= 0) total = total + load(rows.at + from[s] * rows.stride + i, lanes);
      }
      store(to + i, total, lanes);
    });
  }
}

}  // namespace

extern const PermuteKernels permute;
const PermuteKernels permute = {.combine_rows = combine_rows};

}  // namespace millet::ops::cpu::MILLET_ISA
