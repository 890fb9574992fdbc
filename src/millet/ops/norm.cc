#include "millet/ops/norm.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

void rms_norm(Context& ctx, ConstTensor x, ConstTensor weight, Tensor y, Tensor rstd, RmsNormOptions options) {
  expect_rank("rms_norm", "x", x, 2);
  expect_float("rms_norm", "x", x);
  expect("rms_norm", "weight", weight, {x.size(1)}, x.dtype());
  expect("rms_norm", "y", y, x.shape(), x.dtype());
  if (!rstd.empty()) expect("rms_norm", "rstd", rstd, {x.size(0)}, x.dtype());
  available(ctx, backend(ctx).rms_norm, "rms_norm")(ctx, x, weight, y, rstd, options);
}

void rms_norm_backward_input(Context& ctx, ConstTensor dy, ConstTensor x, ConstTensor weight, ConstTensor rstd,
                             Tensor dx) {
  constexpr std::string_view op = "rms_norm_backward_input";
  expect_rank(op, "x", x, 2);
  expect_float(op, "x", x);
  expect(op, "dy", dy, x.shape(), x.dtype());
  expect(op, "weight", weight, {x.size(1)}, x.dtype());
  expect(op, "rstd", rstd, {x.size(0)}, x.dtype());
  expect(op, "dx", dx, x.shape(), x.dtype());
  available(ctx, backend(ctx).rms_norm_backward_input, op)(ctx, dy, x, weight, rstd, dx);
}

void rms_norm_backward_weight(Context& ctx, ConstTensor dy, ConstTensor x, ConstTensor rstd, Tensor dweight) {
  constexpr std::string_view op = "rms_norm_backward_weight";
  expect_rank(op, "x", x, 2);
  expect_float(op, "x", x);
  expect(op, "dy", dy, x.shape(), x.dtype());
  expect(op, "rstd", rstd, {x.size(0)}, x.dtype());
  expect(op, "dweight", dweight, {x.size(1)}, x.dtype());
  available(ctx, backend(ctx).rms_norm_backward_weight, op)(ctx, dy, x, rstd, dweight);
}

}  // namespace millet::ops
