// Arithmetic on whole tensors and on rows. The specification is ops/reference/elementwise.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// Shapes must agree; strides are free; any of the outputs may be any of the inputs.
void fill(Context&, Tensor y, double value);
void copy(Context&, ConstTensor x, Tensor y);                  // same dtype (any), strided to strided
void add(Context&, ConstTensor a, ConstTensor b, Tensor y);    // y = a + b
void scale(Context&, ConstTensor x, double factor, Tensor y);  // y = factor · x

// y[r] = weight[r] · x[r]:  x [R, H]    weight [R]    y [R, H]
void scale_rows(Context&, ConstTensor x, ConstTensor weight, Tensor y);
// y[r] = a[r] · b[r], a row sum of the numeric contract:  a, b [R, H]    y [R]
void row_dot(Context&, ConstTensor a, ConstTensor b, Tensor y);

// One row for all heads and its gradient, heads added in order:  x [T, D]    y [T, N, D]
void broadcast_heads(Context&, ConstTensor x, Tensor y);
void sum_heads(Context&, ConstTensor dy, Tensor dx);

// Σ x², in double by a fixed tree; waits for the device. For the global gradient norm.
double sum_of_squares(Context&, ConstTensor x);

}  // namespace millet::ops
