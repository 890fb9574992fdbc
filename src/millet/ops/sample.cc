#include "millet/ops/sample.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

void sample(Context& ctx, ConstTensor logits, ConstTensor temperature, ConstTensor top_k, ConstTensor top_p,
            ConstTensor uniform, Tensor token) {
  expect_rank("sample", "logits", logits, 2);
  expect_float("sample", "logits", logits);
  if (logits.size(1) == 0) fail("sample: logits is {}; a vocabulary has at least one token", to_string(logits));
  const Shape rows{logits.size(0)};
  expect("sample", "temperature", temperature, rows, logits.dtype());
  expect("sample", "top_k", top_k, rows, DType::i32);
  expect("sample", "top_p", top_p, rows, logits.dtype());
  expect("sample", "uniform", uniform, rows, logits.dtype());
  expect("sample", "token", token, rows, DType::i32);
  available(ctx, backend(ctx).sample, "sample")(ctx, logits, temperature, top_k, top_p, uniform, token);
}

}  // namespace millet::ops
