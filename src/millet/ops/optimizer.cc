#include "millet/ops/optimizer.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

static void expect_dense(std::string_view op, std::string_view operand, const ConstTensor& t) {
  require(t.dense(), "{}: {} has gaps between its rows; expected a dense tensor", op, operand);
}

void adamw(Context& ctx, Tensor weight, ConstTensor grad, Tensor m, Tensor v, AdamWOptions options) {
  expect_float("adamw", "weight", weight);
  expect("adamw", "grad", grad, weight.shape(), weight.dtype());
  expect("adamw", "m", m, weight.shape(), weight.dtype());
  expect("adamw", "v", v, weight.shape(), weight.dtype());
  expect_dense("adamw", "weight", weight);
  expect_dense("adamw", "grad", grad);
  expect_dense("adamw", "m", m);
  expect_dense("adamw", "v", v);
  require(options.step >= 1, "adamw: step is {}; steps count from 1", options.step);
  available(ctx, backend(ctx).adamw, "adamw")(ctx, weight, grad, m, v, options);
}

void muon(Context& ctx, Tensor weight, ConstTensor grad, Tensor momentum, MuonOptions options) {
  if (weight.rank() != 2 && weight.rank() != 3)
    fail("muon: weight is {}; expected [N, K] or [B, N, K]", to_string(weight));
  expect_float("muon", "weight", weight);
  expect("muon", "grad", grad, weight.shape(), weight.dtype());
  expect("muon", "momentum", momentum, weight.shape(), weight.dtype());
  available(ctx, backend(ctx).muon, "muon")(ctx, weight, grad, momentum, options);
}

}  // namespace millet::ops
