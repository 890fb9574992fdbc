// rope. Bound per element: 3 operations for 8 bytes: memory. The angles of a row serve all its heads.
#include "millet/ops/cpu/kernels/rope.h"

#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

// Lane pairs (even, odd) of x become (even·cos − odd·sin, even·sin + odd·cos): the first products are rounded, the
// second fused onto them.
void rope(const RopeBlock& b) {
  for (int64_t t = 0; t < b.rows; ++t) {
    const float* cos = b.cos.at + b.positions[t] * b.cos.stride;
    const float* sin = b.sin.at + b.positions[t] * b.sin.stride;
    for (int64_t d = 0; d < b.width; d += 16) {
      const int64_t lanes = b.width - d < 16 ? b.width - d : 16;
      float by_even[16], by_odd[16];
      for (int64_t i = 0; i < lanes; i += 2) {
        const float c = cos[(d + i) / 2], s = b.inverse ? -sin[(d + i) / 2] : sin[(d + i) / 2];
        by_even[i] = c;
        by_even[i + 1] = s;
        by_odd[i] = -s;
        by_odd[i + 1] = c;
      }
      const mask16 wanted = first(lanes);
      const f32x16 of_even = load(by_even, wanted), of_odd = load(by_odd, wanted);
      for (int64_t n = 0; n < b.heads; ++n) {
        const f32x16 x = load(b.x.at + t * b.x.stride + n * b.x_head + d, wanted);
        store(b.y.at + t * b.y.stride + n * b.y_head + d, fma(twice_odd(x), of_odd, twice_even(x) * of_even), wanted);
      }
    }
  }
}

}  // namespace

extern const RopeKernels rotation;
const RopeKernels rotation = {.rope = rope};

}  // namespace millet::ops::cpu::MILLET_ISA
