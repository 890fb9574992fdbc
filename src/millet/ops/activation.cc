#include "millet/ops/activation.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

void swiglu(Context& ctx, ConstTensor gate_up, Tensor y) {
  expect_rank("swiglu", "y", y, 2);
  expect_float("swiglu", "y", y);
  expect("swiglu", "gate_up", gate_up, {y.size(0), 2 * y.size(1)}, y.dtype());
  available(ctx, backend(ctx).swiglu, "swiglu")(ctx, gate_up, y);
}

void swiglu_backward(Context& ctx, ConstTensor dy, ConstTensor gate_up, Tensor dgate_up) {
  constexpr std::string_view op = "swiglu_backward";
  expect_rank(op, "dy", dy, 2);
  expect_float(op, "dy", dy);
  expect(op, "gate_up", gate_up, {dy.size(0), 2 * dy.size(1)}, dy.dtype());
  expect(op, "dgate_up", dgate_up, gate_up.shape(), dy.dtype());
  available(ctx, backend(ctx).swiglu_backward, op)(ctx, dy, gate_up, dgate_up);
}

}  // namespace millet::ops
