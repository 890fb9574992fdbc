// The parts of sampling that touch every logit.
#pragma once

#include <cstdint>

namespace millet::ops::cpu {

struct SampleKernels {
  float (*largest)(const float* logits, int64_t width);  // NaN is passed over
  // weight[v] = exp((logits[v] − largest) / temperature)
  void (*weights)(const float* logits, float* weight, int64_t width, float largest, float temperature);
};

}  // namespace millet::ops::cpu
