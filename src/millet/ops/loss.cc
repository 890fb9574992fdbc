#include "millet/ops/loss.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

static void expect_temperature(std::string_view op, double temperature) {
  require(temperature > 0, "{}: temperature is {}; it must be above 0", op, temperature);
}

void log_prob(Context& ctx, ConstTensor logits, ConstTensor target, Tensor log_prob, Tensor lse, Tensor entropy,
              LogProbOptions options) {
  expect_rank("log_prob", "logits", logits, 2);
  expect_float("log_prob", "logits", logits);
  if (logits.size(1) == 0) fail("log_prob: logits is {}; a vocabulary has at least one token", to_string(logits));
  expect("log_prob", "target", target, {logits.size(0)}, DType::i32);
  expect("log_prob", "log_prob", log_prob, {logits.size(0)}, logits.dtype());
  expect("log_prob", "lse", lse, {logits.size(0)}, logits.dtype());
  if (!entropy.empty()) expect("log_prob", "entropy", entropy, {logits.size(0)}, logits.dtype());
  expect_temperature("log_prob", options.temperature);
  available(ctx, backend(ctx).log_prob, "log_prob")(ctx, logits, target, log_prob, lse, entropy, options);
}

void log_prob_backward(Context& ctx, ConstTensor dlog_prob, ConstTensor logits, ConstTensor target, ConstTensor lse,
                       Tensor dlogits, LogProbOptions options) {
  constexpr std::string_view op = "log_prob_backward";
  expect_rank(op, "logits", logits, 2);
  expect_float(op, "logits", logits);
  expect(op, "dlog_prob", dlog_prob, {logits.size(0)}, logits.dtype());
  expect(op, "target", target, {logits.size(0)}, DType::i32);
  expect(op, "lse", lse, {logits.size(0)}, logits.dtype());
  expect(op, "dlogits", dlogits, logits.shape(), logits.dtype());
  expect_temperature(op, options.temperature);
  available(ctx, backend(ctx).log_prob_backward, op)(ctx, dlog_prob, logits, target, lse, dlogits, options);
}

}  // namespace millet::ops
