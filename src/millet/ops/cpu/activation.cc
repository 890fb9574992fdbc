// Gated activations on the CPU: cuts rows into tasks. Arithmetic: kernels/activation.cc.
#include "millet/ops/cpu/kernels/activation.h"

#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

void swiglu(Context& ctx, ConstTensor gate_up, Tensor y) {
  const ConstRows from_gate_up = rows_of(gate_up, "swiglu", "gate_up");
  const Rows to = rows_of(y, "swiglu", "y");
  const ActivationKernels& k = *kernels(ctx).activation;
  for_rows(ctx, y.size(0), 4 * y.size(1), [&](int64_t first, int64_t count) {
    k.swiglu(from(from_gate_up, first), from(to, first), count, y.size(1));
  });
}

void swiglu_backward(Context& ctx, ConstTensor dy, ConstTensor gate_up, Tensor dgate_up) {
  const ConstRows from_dy = rows_of(dy, "swiglu_backward", "dy");
  const ConstRows from_gate_up = rows_of(gate_up, "swiglu_backward", "gate_up");
  const Rows to = rows_of(dgate_up, "swiglu_backward", "dgate_up");
  const ActivationKernels& k = *kernels(ctx).activation;
  for_rows(ctx, dy.size(0), 6 * dy.size(1), [&](int64_t first, int64_t count) {
    k.swiglu_backward(from(from_dy, first), from(from_gate_up, first), from(to, first), count, dy.size(1));
  });
}

}  // namespace millet::ops::cpu
