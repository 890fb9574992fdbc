// Gated activations. The specification is ops/reference/activation.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// y = silu(gate) · up,   gate_up = [gate | up]                                              Shazeer 2020, SwiGLU
//   gate_up [R, 2I]    y [R, I]
void swiglu(Context&, ConstTensor gate_up, Tensor y);
//   dy [R, I]    dgate_up [R, 2I], may be gate_up
void swiglu_backward(Context&, ConstTensor dy, ConstTensor gate_up, Tensor dgate_up);

}  // namespace millet::ops
