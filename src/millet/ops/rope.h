// Rotary position embedding. The specification is ops/reference/rope.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// Which two elements of a head turn together: (2i, 2i+1), as DeepSeek's weights want it, or (i, i + D/2), as those of
// Llama and Qwen do.
enum class RopePairs : uint8_t { neighbours, halves };

struct RopeOptions {
  RopePairs pairs = RopePairs::neighbours;
  bool inverse = false;  // rotate back: the gradient of the rotation
};

// Rotates each pair (a, b) of a head by its row's angle i:
//   y[a] = x[a]·cos − x[b]·sin,   y[b] = x[a]·sin + x[b]·cos                                  Su et al. 2021
//   x [T, N, D]    cos, sin [P, D/2]    positions [T] i32 < P    y [T, N, D], may be x
// The second product of each line is fused onto the rounded first. Throws Error: shapes, dtypes, a position beyond the
// table.
void rope(Context&, ConstTensor x, ConstTensor cos, ConstTensor sin, ConstTensor positions, Tensor y, RopeOptions = {});

}  // namespace millet::ops
