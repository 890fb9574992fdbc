// Reading rows of logits, shared by log-probabilities and sampling.
#pragma once

#include "millet/ops/cpu/kernels/lanes.h"

namespace millet::ops::cpu::MILLET_ISA {

MILLET_VEC f32x16 minus_infinity() {
  return from_bits(broadcast_i32(static_cast<int32_t>(0xff800000U)));
}

// Beyond a row's end −∞, whose exponential is exactly 0.
MILLET_VEC f32x16 load_logits(const float* p, all16) {
  return load(p);
}
MILLET_VEC f32x16 load_logits(const float* p, mask16 tail) {
  return select(tail, load(p, tail), minus_infinity());
}

// The largest of a row; NaN is passed over.
static inline float largest_logit(const float* row, int64_t width) {
  f32x16 most = minus_infinity();
  for_lanes(width, [&](int64_t v, auto lanes) { most = max(load_logits(row + v, lanes), most); });
  return max_of(most);
}

}  // namespace millet::ops::cpu::MILLET_ISA
