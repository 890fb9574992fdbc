// rope. Bound per element: 3 operations for 8 bytes: memory. The angles of a row serve all its heads.
#include "millet/ops/cpu/kernels/rope.h"

#include "millet/ops/cpu/kernels/lanes.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

// One row's lanes d … d + 15 of all heads. Lane pairs (even, odd) of x become (even·cos − odd·sin, even·sin + odd·cos):
// the first products are rounded, the second fused onto them.
template <class Lanes>
void rotate_heads(const RopeBlock& b, const float* x, float* y, f32x16 of_even, f32x16 of_odd, Lanes lanes) {
  for (int64_t n = 0; n < b.heads; ++n) {
    const f32x16 v = load(x + n * b.x_head, lanes);
    store(y + n * b.y_head, fma(twice_odd(v), of_odd, twice_even(v) * of_even), lanes);
  }
}

void neighbours(const RopeBlock& b) {
  for (int64_t t = 0; t < b.rows; ++t) {
    const float* cos = b.cos.at + b.positions[t] * b.cos.stride;
    const float* sin = b.sin.at + b.positions[t] * b.sin.stride;
    for_lanes(b.width, [&](int64_t d, auto lanes) {
      const int64_t pairs = b.width - d < 16 ? (b.width - d) / 2 : 8;
      float of_even[16] = {}, of_odd[16] = {};
      for (int64_t i = 0; i < pairs; ++i) {
        const float c = cos[d / 2 + i], s = b.inverse ? -sin[d / 2 + i] : sin[d / 2 + i];
        of_even[2 * i] = c;
        of_even[2 * i + 1] = s;
        of_odd[2 * i] = -s;
        of_odd[2 * i + 1] = c;
      }
      rotate_heads(b, b.x.at + t * b.x.stride + d, b.y.at + t * b.y.stride + d, load(of_even), load(of_odd), lanes);
    });
  }
}

// The same products and sums as above, where the pair's second element is half a head away.
void halves(const RopeBlock& b) {
  const int64_t half = b.width / 2;
  for (int64_t t = 0; t < b.rows; ++t) {
    const float* cos = b.cos.at + b.positions[t] * b.cos.stride;
    const float* sin = b.sin.at + b.positions[t] * b.sin.stride;
    for_lanes(half, [&](int64_t i, auto lanes) {
      const f32x16 c = load(cos + i, lanes), turn = load(sin + i, lanes);
      const f32x16 back = zero() - turn, s = b.inverse ? back : turn, minus_s = b.inverse ? turn : back;
      for (int64_t n = 0; n < b.heads; ++n) {
        const float* x = b.x.at + t * b.x.stride + n * b.x_head + i;
        float* y = b.y.at + t * b.y.stride + n * b.y_head + i;
        const f32x16 first = load(x, lanes), second = load(x + half, lanes);
        store(y, fma(second, minus_s, first * c), lanes);
        store(y + half, fma(second, c, first * s), lanes);
      }
    });
  }
}

}  // namespace

extern const RopeKernels rotation;
const RopeKernels rotation = {.neighbours = neighbours, .halves = halves};

}  // namespace millet::ops::cpu::MILLET_ISA
