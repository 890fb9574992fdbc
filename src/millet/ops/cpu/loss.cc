// Log-probabilities on the CPU: checks targets, cuts rows into tasks. Arithmetic: kernels/loss.cc.
#include "millet/ops/cpu/kernels/loss.h"

#include "millet/core/error.h"
#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

// A logit costs as much as this many elements that are only read, added and written.
static constexpr int64_t kExp = 6;

static const int32_t* targets(std::string_view op, const ConstTensor& target, int64_t vocabulary) {
  const int32_t* id = i32(target);
  for (int64_t t = 0; t < target.size(0); ++t)
    require(id[t] >= -1 && id[t] < vocabulary, "{}: target[{}] is {}; the vocabulary has {} tokens", op, t, id[t],
            vocabulary);
  return id;
}

void log_prob(Context& ctx, ConstTensor logits, ConstTensor target, Tensor log_prob, Tensor lse, Tensor entropy,
              LogProbOptions options) {
  const int64_t V = logits.size(1);
  const ConstRows from_logits = rows_of(logits, "log_prob", "logits");
  const int32_t* id = targets("log_prob", target, V);
  float* p = f32(log_prob, "log_prob", "log_prob");
  float* l = f32(lse, "log_prob", "lse");
  float* h = entropy.empty() ? nullptr : f32(entropy, "log_prob", "entropy");
  const LossKernels& k = *kernels(ctx).loss;
  for_rows(ctx, logits.size(0), kExp * V, [&](int64_t first, int64_t count) {
    k.log_prob(from(from_logits, first), id + first, p + first, l + first, h == nullptr ? nullptr : h + first, count, V,
               static_cast<float>(options.temperature));
  });
}

void log_prob_backward(Context& ctx, ConstTensor dlog_prob, ConstTensor logits, ConstTensor target, ConstTensor lse,
                       Tensor dlogits, LogProbOptions options) {
  constexpr std::string_view op = "log_prob_backward";
  const int64_t V = logits.size(1);
  const float* d = f32(dlog_prob, op, "dlog_prob");
  const ConstRows from_logits = rows_of(logits, op, "logits");
  const int32_t* id = targets(op, target, V);
  const float* l = f32(lse, op, "lse");
  const Rows to = rows_of(dlogits, op, "dlogits");
  const LossKernels& k = *kernels(ctx).loss;
  for_rows(ctx, logits.size(0), kExp * V, [&](int64_t first, int64_t count) {
    k.log_prob_backward(d + first, from(from_logits, first), id + first, l + first, from(to, first), count, V,
                        static_cast<float>(options.temperature));
  });
}

}  // namespace millet::ops::cpu
