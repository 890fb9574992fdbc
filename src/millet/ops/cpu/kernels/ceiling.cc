// What a core can do at most: the divisor of `of_ceiling`. Bound by construction: FMA units, or loads.
// NOTE: the chains start from different values. With equal ones the compiler proves them one and measures its latency.
#include "millet/ops/cpu/kernels/ceiling.h"

#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

// Registers for chains, two left over for the factors.
#if MILLET_ISA_LEVEL == 4
constexpr int kChains = 16;
#elif MILLET_ISA_LEVEL == 3
constexpr int kChains = 6;
#else
constexpr int kChains = 3;
#endif

float fma_only(int64_t steps) {
  f32x16 chain[kChains];
  for (int i = 0; i < kChains; ++i) chain[i] = broadcast(static_cast<float>(i));
  const f32x16 factor = broadcast(0.999F), addend = broadcast(0.001F);
  for (int64_t step = 0; step < steps; ++step) {
    for (int i = 0; i < kChains; ++i) chain[i] = fma(chain[i], factor, addend);
  }
  f32x16 total = zero();
  for (int i = 0; i < kChains; ++i) total = total + chain[i];
  return sum(total);
}

float read_only(const float* x, int64_t n) {
  f32x16 total[4] = {zero(), zero(), zero(), zero()};
  for (int64_t i = 0; i + 64 <= n; i += 64) {
    for (int j = 0; j < 4; ++j) total[j] = total[j] + load(x + i + 16 * j);
  }
  return sum(total[0] + total[1] + total[2] + total[3]);
}

}  // namespace

extern const CeilingKernels ceiling;
const CeilingKernels ceiling = {.fma = fma_only, .flops_per_step = kChains * 16 * 2, .read = read_only};

}  // namespace millet::ops::cpu::MILLET_ISA
