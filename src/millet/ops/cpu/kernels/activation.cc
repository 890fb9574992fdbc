// swiglu. Bound per output: an exponential and a division, some 25 operations forward against 12 bytes: arithmetic.
#include "millet/ops/cpu/kernels/activation.h"

#include "millet/ops/cpu/kernels/lanes.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

void swiglu(ConstRows gate_up, Rows y, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) {
    const float* gate = gate_up.at + r * gate_up.stride;
    const float* up = gate + width;
    float* to = y.at + r * y.stride;
    for_lanes(width, [&](int64_t i, auto lanes) {
      const f32x16 g = load(gate + i, lanes);
      store(to + i, g * sigmoid(g) * load(up + i, lanes), lanes);
    });
  }
}

// With s = sigmoid(g):  dgate = dy · up · s · (1 + g · (1 − s)),  dup = dy · g · s.
void swiglu_backward(ConstRows dy, ConstRows gate_up, Rows dgate_up, int64_t rows, int64_t width) {
  const f32x16 one = broadcast(1.0F);
  for (int64_t r = 0; r < rows; ++r) {
    const float* d = dy.at + r * dy.stride;
    const float* gate = gate_up.at + r * gate_up.stride;
    const float* up = gate + width;
    float* to = dgate_up.at + r * dgate_up.stride;
    for_lanes(width, [&](int64_t i, auto lanes) {
      const f32x16 g = load(gate + i, lanes), u = load(up + i, lanes);
      const f32x16 s = sigmoid(g);
      const f32x16 ds = load(d + i, lanes) * s;
      store(to + i, ds * u * fma(g, one - s, one), lanes);
      store(to + width + i, ds * g, lanes);
    });
  }
}

}  // namespace

extern const ActivationKernels activation;
const ActivationKernels activation = {.swiglu = swiglu, .swiglu_backward = swiglu_backward};

}  // namespace millet::ops::cpu::MILLET_ISA
