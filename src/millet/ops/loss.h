// Log-probabilities: the one kernel for training, rollouts and `logprobs`. The specification is ops/reference/loss.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

struct LogProbOptions {
  double temperature = 1;  // > 0; of logits / T
};

// With z = logits / T: lse[t] = log Σ_v exp(z[t, v]);  log_prob[t] = z[t, target[t]] − lse[t];
// entropy[t] = lse[t] − Σ_v p[t, v] z[t, v].
//   logits [T, V]    target [T] i32, −1 gives log_prob 0    log_prob, lse [T]    entropy [T] or empty
// Maximum, then sums by the contract (16 strided partial sums, fixed tree). Row t depends on row t alone.
void log_prob(Context&, ConstTensor logits, ConstTensor target, Tensor log_prob, Tensor lse, Tensor entropy,
              LogProbOptions = {});

// dlogits[t, v] = dlog_prob[t] / T · ([v = target[t]] − p[t, v]); rows with target −1 or dlog_prob 0 are exactly 0.
//   dlogits [T, V], may be logits
void log_prob_backward(Context&, ConstTensor dlog_prob, ConstTensor logits, ConstTensor target, ConstTensor lse,
                       Tensor dlogits, LogProbOptions = {});

}  // namespace millet::ops
