#include "millet/nn/mlp.h"

#include <fmt/core.h>

#include "millet/ops/activation.h"

namespace millet::nn {

Mlp::Mlp(Parameters& parameters, std::string_view name, int64_t hidden, int64_t intermediate)
    : gate_up_proj_(parameters, fmt::format("{}.gate_up_proj", name), 2 * intermediate, hidden),
      down_proj_(parameters, fmt::format("{}.down_proj", name), hidden, intermediate) {
  gate_up_proj_.weight().matrices = 2;
  down_proj_.weight().residual_output = true;
}

void Mlp::forward(Context& ctx, ConstTensor x, Tensor y, bool reuse, Arena& keep, Saved& s) const {
  const int64_t T = x.size(0), I = down_proj_.in();
  s.x = x;
  s.gate_up = keep.tensor(x.dtype(), {T, 2 * I});
  s.inner = keep.tensor(x.dtype(), {T, I});
  gate_up_proj_.forward(ctx, x, s.gate_up, reuse);
  ops::swiglu(ctx, s.gate_up, s.inner);
  down_proj_.forward(ctx, s.inner, y, reuse);
}

void Mlp::backward_input(Context& ctx, ConstTensor dy, Tensor dx, Arena& keep, Saved& s) const {
  s.dy = dy;
  s.dgate_up = keep.tensor(dy.dtype(), s.gate_up.shape());
  const ArenaScope scope(ctx.workspace());
  const Tensor dinner = ctx.workspace().tensor(dy.dtype(), s.inner.shape());
  down_proj_.backward_input(ctx, dy, dinner);
  ops::swiglu_backward(ctx, dinner, s.gate_up, s.dgate_up);
  gate_up_proj_.backward_input(ctx, s.dgate_up, dx);
}

void Mlp::backward_weight(Context& ctx, const Saved& s) {
  down_proj_.backward_weight(ctx, s.dy, s.inner);
  gate_up_proj_.backward_weight(ctx, s.dgate_up, s.x);
}

Cost Mlp::cost(int64_t rows) const {
  const int64_t I = down_proj_.in();
  Cost c = gate_up_proj_.cost(rows);
  c += down_proj_.cost(rows);
  c.scratch_bytes += arena_bytes(rows * I);              // dinner, while products with it run
  c.saved_bytes += arena_bytes(rows * 2 * I, rows * I);  // gate_up, inner
  c.gradient_bytes += arena_bytes(rows * 2 * I);         // dgate_up
  return c;
}

}  // namespace millet::nn
