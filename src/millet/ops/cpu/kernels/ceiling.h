// What a core can do at most.
#pragma once

#include <cstdint>

namespace millet::ops::cpu {

struct CeilingKernels {
  // Fused multiply-adds on registers alone, as many independent chains as hide their latency; flops_per_step for each
  // step (a multiply and an add count two). The result keeps the compiler from leaving them out.
  float (*fma)(int64_t steps);
  int64_t flops_per_step;
  // Reads n floats, many at a time.
  float (*read)(const float* x, int64_t n);
};

}  // namespace millet::ops::cpu
