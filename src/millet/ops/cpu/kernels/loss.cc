// log_prob. Bound per logit: an exponential, some 20 operations, for 8 bytes read (twice, the second time from cache),
// backward 25 for 8: arithmetic.
#include "millet/ops/cpu/kernels/loss.h"

#include "millet/ops/cpu/kernels/logits.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

// One number through the same instructions as sixteen.
MILLET_VEC float log_of(float x) {
  return max_of(log(broadcast(x)));
}

// kEntropy: also Σ e·(z − max); where e is 0, so is its part, even if z is −∞.
template <bool kEntropy>
void row_log_prob(const float* row, int64_t width, f32x16 temperature, float most, float& sum_exp, float& sum_z) {
  f32x16 partial = zero(), partial_z = zero();
  const f32x16 shift = broadcast(most);
  for_lanes(width, [&](int64_t v, auto lanes) {
    const f32x16 z = load_logits(row + v, lanes) / temperature - shift;
    const f32x16 e = exp(z);
    partial = partial + e;
    if (kEntropy) partial_z = select(less(zero(), e), fma(e, z, partial_z), partial_z);
  });
  sum_exp = sum(partial);
  if (kEntropy) sum_z = sum(partial_z);
}

void log_prob(ConstRows logits, const int32_t* target, float* log_prob, float* lse, float* entropy, int64_t rows,
              int64_t width, float temperature) {
  const f32x16 divisor = broadcast(temperature);
  for (int64_t t = 0; t < rows; ++t) {
    const float* row = logits.at + t * logits.stride;
    const float most = largest_logit(row, width) / temperature;
    float sum_exp = 0, sum_z = 0;
    if (entropy == nullptr)
      row_log_prob<false>(row, width, divisor, most, sum_exp, sum_z);
    else
      row_log_prob<true>(row, width, divisor, most, sum_exp, sum_z);
    const float log_sum = log_of(sum_exp);
    lse[t] = most + log_sum;
    log_prob[t] = target[t] < 0 ? 0.0F : row[target[t]] / temperature - lse[t];
    if (entropy != nullptr) entropy[t] = log_sum - sum_z / sum_exp;
  }
}

// The target's entry is dlog_prob / T · (1 − p), formed from 1 − p so that it keeps its digits where p is near 1.
void log_prob_backward(const float* dlog_prob, ConstRows logits, const int32_t* target, const float* lse, Rows dlogits,
                       int64_t rows, int64_t width, float temperature) {
  const f32x16 divisor = broadcast(temperature);
  for (int64_t t = 0; t < rows; ++t) {
    const float* row = logits.at + t * logits.stride;
    float* to = dlogits.at + t * dlogits.stride;
    const bool counts = target[t] >= 0 && dlog_prob[t] != 0.0F;
    if (!counts) {
      for_lanes(width, [&](int64_t v, auto lanes) { store(to + v, zero(), lanes); });
      continue;
    }
    const float factor = dlog_prob[t] / temperature;
    const f32x16 minus = broadcast(-factor), shift = broadcast(lse[t]);
    const float p = max_of(exp(broadcast(row[target[t]]) / divisor - shift));
    for_lanes(width, [&](int64_t v, auto lanes) {
      store(to + v, minus * exp(load_logits(row + v, lanes) / divisor - shift), lanes);
    });
    to[target[t]] = factor * (1.0F - p);
  }
}

}  // namespace

extern const LossKernels loss;
const LossKernels loss = {.log_prob = log_prob, .log_prob_backward = log_prob_backward};

}  // namespace millet::ops::cpu::MILLET_ISA
