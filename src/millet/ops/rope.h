// Rotary position embedding. The specification is ops/reference/rope.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

struct RopeOptions {
  bool inverse = false;  // rotate back: the gradient of the rotation
};

// Rotates neighbouring pairs (2i, 2i+1) of each head by its row's angle (interleaved, as DeepSeek's weights want it):
//   y[2i] = x[2i]·cos − x[2i+1]·sin,   y[2i+1] = x[2i]·sin + x[2i+1]·cos                    Su et al. 2021
//   x [T, N, D]    cos, sin [P, D/2]    positions [T] i32 < P    y [T, N, D], may be x
// The second product of each line is fused onto the rounded first. Throws Error: shapes, dtypes, a position beyond the
// table.
void rope(Context&, ConstTensor x, ConstTensor cos, ConstTensor sin, ConstTensor positions, Tensor y, RopeOptions = {});

}  // namespace millet::ops
