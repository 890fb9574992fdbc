// Gated activations of rows.
#pragma once

#include "millet/ops/cpu/kernels/rows.h"

namespace millet::ops::cpu {

// Rows of gate_up are [gate | up], 2 · width wide.
struct ActivationKernels {
  void (*swiglu)(ConstRows gate_up, Rows y, int64_t rows, int64_t width);
  void (*swiglu_backward)(ConstRows dy, ConstRows gate_up, Rows dgate_up, int64_t rows, int64_t width);
};

}  // namespace millet::ops::cpu
