// swiglu. Bound per output: an exponential and a division, some 25 operations forward against 12 bytes: arithmetic.
#include "millet/ops/cpu/kernels/activation.h"

#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

void swiglu(ConstRows gate_up, Rows y, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) {
    const float* gate = gate_up.at + r * gate_up.stride;
    const float* up = gate + width;
    float* to = y.at + r * y.stride;
    int64_t i = 0;
    for (; i + 16 <= width; i += 16) {
      const f32x16 g = load(gate + i);
      store(to + i, g * sigmoid(g) * load(up + i));
    }
    if (i < width) {
      const mask16 tail = first(width - i);
      const f32x16 g = load(gate + i, tail);
      store(to + i, g * sigmoid(g) * load(up + i, tail), tail);
    }
  }
}

struct Gradients {
  f32x16 gate, up;
};

// With s = sigmoid(g):  dgate = dy · up · s · (1 + g · (1 − s)),  dup = dy · g · s.
MILLET_VEC Gradients gradients(f32x16 dy, f32x16 gate, f32x16 up) {
  const f32x16 one = broadcast(1.0F);
  const f32x16 s = sigmoid(gate);
  const f32x16 dys = dy * s;
  return {dys * up * fma(gate, one - s, one), dys * gate};
}

void swiglu_backward(ConstRows dy, ConstRows gate_up, Rows dgate_up, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) {
    const float* d = dy.at + r * dy.stride;
    const float* gate = gate_up.at + r * gate_up.stride;
    float* to = dgate_up.at + r * dgate_up.stride;
    int64_t i = 0;
    for (; i + 16 <= width; i += 16) {
      const Gradients g = gradients(load(d + i), load(gate + i), load(gate + width + i));
      store(to + i, g.gate);
      store(to + width + i, g.up);
    }
    if (i < width) {
      const mask16 tail = first(width - i);
      const Gradients g = gradients(load(d + i, tail), load(gate + i, tail), load(gate + width + i, tail));
      store(to + i, g.gate, tail);
      store(to + width + i, g.up, tail);
    }
  }
}

}  // namespace

extern const ActivationKernels activation;
const ActivationKernels activation = {.swiglu = swiglu, .swiglu_backward = swiglu_backward};

}  // namespace millet::ops::cpu::MILLET_ISA
