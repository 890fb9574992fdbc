// The specification of ops/loss.h.
#include <algorithm>
#include <cmath>
#include <limits>

#include "millet/core/error.h"
#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

static int64_t target_of(std::string_view op, const ConstView& target, int64_t t, int64_t vocabulary) {
  const int64_t id = target.index(t);
  require(id >= -1 && id < vocabulary, "{}: target[{}] is {}; the vocabulary has {} tokens", op, t, id, vocabulary);
  return id;
}

void log_prob(Context& ctx, ConstTensor logits_tensor, ConstTensor target_tensor, Tensor log_prob_tensor,
              Tensor lse_tensor, Tensor entropy_tensor, LogProbOptions options) {
  const ConstView logits(ctx, logits_tensor), target(ctx, target_tensor);
  const View log_prob(ctx, log_prob_tensor), lse(ctx, lse_tensor), entropy(ctx, entropy_tensor);
  const int64_t V = logits.size(1);
  for (int64_t t = 0; t < logits.size(0); ++t) {
    const int64_t id = target_of("log_prob", target, t, V);
    const auto z = [&](int64_t v) { return logits(t, v) / options.temperature; };
    double largest = -std::numeric_limits<double>::infinity();
    for (int64_t v = 0; v < V; ++v) largest = std::max(largest, z(v));
    double sum = 0;
    for (int64_t v = 0; v < V; ++v) sum += std::exp(z(v) - largest);
    const double log_sum = largest + std::log(sum);
    lse.set(log_sum, t);
    log_prob.set(id < 0 ? 0 : z(id) - log_sum, t);
    if (!entropy) continue;
    double mean = 0;  // of z; a token of probability 0 counts nothing, whatever its logit
    for (int64_t v = 0; v < V; ++v) {
      const double p = std::exp(z(v) - log_sum);
      if (p > 0) mean += p * z(v);
    }
    entropy.set(log_sum - mean, t);
  }
}

void log_prob_backward(Context& ctx, ConstTensor dlog_prob_tensor, ConstTensor logits_tensor, ConstTensor target_tensor,
                       ConstTensor lse_tensor, Tensor dlogits_tensor, LogProbOptions options) {
  const ConstView dlog_prob(ctx, dlog_prob_tensor), logits(ctx, logits_tensor), target(ctx, target_tensor),
      lse(ctx, lse_tensor);
  const View dlogits(ctx, dlogits_tensor);
  for (int64_t t = 0; t < logits.size(0); ++t) {
    const int64_t id = target_of("log_prob_backward", target, t, logits.size(1));
    const bool counts = id >= 0 && dlog_prob(t) != 0;
    for (int64_t v = 0; v < logits.size(1); ++v) {
      const double p = std::exp(logits(t, v) / options.temperature - lse(t));
      dlogits.set(counts ? dlog_prob(t) / options.temperature * ((v == id ? 1 : 0) - p) : 0, t, v);
    }
  }
}

}  // namespace millet::ops::reference
