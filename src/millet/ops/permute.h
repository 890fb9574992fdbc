// Moving rows to experts and back. The specification is ops/reference/permute.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// y[r] = x[source[r]]:  x [T, H] or [T]    source [R] i32, all ≥ 0    y [R, H] or [R]
void gather_rows(Context&, ConstTensor x, ConstTensor source, Tensor y);

// y[t] = Σ_s rows[slot[t, s]], added in slot order from 0; −1 is skipped:  rows [R, H]    slot [T, k] i32    y [T, H]
void combine_rows(Context&, ConstTensor rows, ConstTensor slot, Tensor y);

}  // namespace millet::ops
