// The functions of vec.h over arrays. Bound: some 16 operations for each 8 bytes moved; used where a whole array wants
// one function, and by the tests that hold vec.h to its promised errors on every level.
#include "millet/ops/cpu/kernels/math.h"

#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

template <class F>
inline void map(const float* x, float* y, int64_t n, F f) {
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) store(y + i, f(load(x + i)));
  if (i < n) {
    const mask16 tail = first(n - i);
    store(y + i, f(load(x + i, tail)), tail);
  }
}

void exp_of(const float* x, float* y, int64_t n) {
  map(x, y, n, [](f32x16 v) { return exp(v); });
}

void exp_weight_of(const float* x, float* y, int64_t n) {
  map(x, y, n, [](f32x16 v) { return exp_weight(v); });
}

void log_of(const float* x, float* y, int64_t n) {
  map(x, y, n, [](f32x16 v) { return log(v); });
}

void sigmoid_of(const float* x, float* y, int64_t n) {
  map(x, y, n, [](f32x16 v) { return sigmoid(v); });
}

// Lane l adds x[l], x[l + 16], …; then the tree. A masked tail adds zeros.
float sum_of(const float* x, int64_t n) {
  f32x16 partial = zero();
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) partial = partial + load(x + i);
  if (i < n) partial = partial + load(x + i, first(n - i));
  return sum(partial);
}

}  // namespace

extern const MathKernels math;
const MathKernels math = {
    .exp = exp_of, .exp_weight = exp_weight_of, .log = log_of, .sigmoid = sigmoid_of, .sum = sum_of};

}  // namespace millet::ops::cpu::MILLET_ISA
