// The specification of ops/activation.h.
#include <cmath>

#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

static double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

void swiglu(Context& ctx, ConstTensor gate_up_tensor, Tensor y_tensor) {
  const ConstView gate_up(ctx, gate_up_tensor);
  const View y(ctx, y_tensor);
  const int64_t R = y.size(0), I = y.size(1);
  for (int64_t r = 0; r < R; ++r) {
    for (int64_t i = 0; i < I; ++i) {
      const double gate = gate_up(r, i), up = gate_up(r, I + i);
      y.set(gate * sigmoid(gate) * up, r, i);
    }
  }
}

// d silu(g) / dg = s · (1 + g · (1 − s)),  s = sigmoid(g).
void swiglu_backward(Context& ctx, ConstTensor dy_tensor, ConstTensor gate_up_tensor, Tensor dgate_up_tensor) {
  const ConstView dy(ctx, dy_tensor), gate_up(ctx, gate_up_tensor);
  const View dgate_up(ctx, dgate_up_tensor);
  const int64_t R = dy.size(0), I = dy.size(1);
  for (int64_t r = 0; r < R; ++r) {
    for (int64_t i = 0; i < I; ++i) {
      const double gate = gate_up(r, i), up = gate_up(r, I + i), s = sigmoid(gate);
      dgate_up.set(dy(r, i) * up * s * (1 + gate * (1 - s)), r, i);
      dgate_up.set(dy(r, i) * gate * s, r, I + i);
    }
  }
}

}  // namespace millet::ops::reference
