// Sampling weights. Bound per logit: an exponential and a division, some 25 operations for 8 bytes: arithmetic.
#include "millet/ops/cpu/kernels/sample.h"

#include "millet/ops/cpu/kernels/logits.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

void weights(const float* logits, float* weight, int64_t width, float largest, float temperature) {
  const f32x16 most = broadcast(largest), divisor = broadcast(temperature);
  for_lanes(width, [&](int64_t v, auto lanes) {
    store(weight + v, exp((load_logits(logits + v, lanes) - most) / divisor), lanes);
  });
}

}  // namespace

extern const SampleKernels sampling;
const SampleKernels sampling = {.largest = largest_logit, .weights = weights};

}  // namespace millet::ops::cpu::MILLET_ISA
