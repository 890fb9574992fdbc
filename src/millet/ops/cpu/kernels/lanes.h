// Walking along a row sixteen lanes at a time: whole vectors, then a masked tail, by one body.
#pragma once

#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

// Stands where a mask stands and means all lanes. A masked store costs some twenty cycles on Zen 2 even if nothing is
// masked: whole vectors must not pay for tails.
struct all16 {};

MILLET_VEC f32x16 load(const float* p, all16) {
  return load(p);
}
MILLET_VEC void store(float* p, f32x16 x, all16) {
  store(p, x);
}

// f(i, lanes) for i = 0, 16, … below width; lanes is all16 or the mask of a tail.
template <class F>
MILLET_VEC void for_lanes(int64_t width, F f) {
  int64_t i = 0;
  for (; i + 16 <= width; i += 16) f(i, all16{});
  if (i < width) f(i, first(width - i));
}

}  // namespace millet::ops::cpu::MILLET_ISA
