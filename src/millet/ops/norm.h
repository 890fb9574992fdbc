// Normalisation. The specification is ops/reference/norm.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

struct RmsNormOptions {
  float eps = 1e-6F;
};

// y[t] = x[t] · rstd[t] · weight,   rstd[t] = 1 / sqrt(mean(x[t]²) + eps)          Zhang & Sennrich 2019, eq. 4
//   x [T, H]    weight [H]    y [T, H], may be x    rstd [T], empty if no backward follows
// Sums: 16 strided partial sums, then the one fixed tree. Row t depends on row t alone. Throws Error: shapes, dtype.
void rms_norm(Context&, ConstTensor x, ConstTensor weight, Tensor y, Tensor rstd, RmsNormOptions = {});
// dx is written, not added to; may be dy.
void rms_norm_backward_input(Context&, ConstTensor dy, ConstTensor x, ConstTensor weight, ConstTensor rstd, Tensor dx);
// Adds to dweight: for each column one chain over the rows in order, starting from the value already there.
void rms_norm_backward_weight(Context&, ConstTensor dy, ConstTensor x, ConstTensor rstd, Tensor dweight);

}  // namespace millet::ops
