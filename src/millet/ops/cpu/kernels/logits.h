// Reading rows of logits, shared by log-probabilities and sampling.
#pragma once

#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

// Sixteen logits of a row; beyond its end −∞, whose exponential is exactly 0.
MILLET_VEC f32x16 load_logits(const float* row, int64_t v, int64_t width) {
  if (v + 16 <= width) return load(row + v);
  const mask16 tail = first(width - v);
  return select(tail, load(row + v, tail), from_bits(broadcast_i32(static_cast<int32_t>(0xff800000U))));
}

// The largest of a row, at least one wide; NaN is passed over.
static inline float largest_logit(const float* row, int64_t width) {
  f32x16 most = from_bits(broadcast_i32(static_cast<int32_t>(0xff800000U)));
  for (int64_t v = 0; v < width; v += 16) most = max(load_logits(row, v, width), most);
  return max_of(most);
}

}  // namespace millet::ops::cpu::MILLET_ISA
