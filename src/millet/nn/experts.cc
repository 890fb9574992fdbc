#include "millet/nn/experts.h"

#include <fmt/core.h>

#include <algorithm>

#include "millet/ops/activation.h"
#include "millet/ops/elementwise.h"
#include "millet/ops/gemm.h"
#include "millet/ops/scratch.h"

namespace millet::nn {

Experts::Experts(Parameters& parameters, std::string_view name, const ExpertsDims& dims)
    : dims_(dims),
      gate_up_proj_(&parameters.add(fmt::format("{}.gate_up_proj.weight", name),
                                    {dims.n_experts, 2 * dims.intermediate, dims.hidden}, Role::matrix)),
      down_proj_(&parameters.add(fmt::format("{}.down_proj.weight", name),
                                 {dims.n_experts, dims.hidden, dims.intermediate}, Role::matrix)) {
  gate_up_proj_->matrices = 2 * dims.n_experts;
  down_proj_->matrices = dims.n_experts;
  down_proj_->residual_output = true;
}

void Experts::forward(Context& ctx, ConstTensor rows, ConstTensor row_gate, ConstTensor begin, Tensor y, bool reuse,
                      Arena& keep, Saved& s) const {
  const int64_t R = rows.size(0), I = dims_.intermediate;
  s.begin = begin;
  s.rows = rows;
  s.row_gate = row_gate;
  s.gate_up = keep.tensor(rows.dtype(), {R, 2 * I});
  s.inner = keep.tensor(rows.dtype(), {R, I});
  ops::gemm_grouped_nt(ctx, rows, packed_gate_up_.of(ctx, *gate_up_proj_, reuse, begin), begin, s.gate_up);
  ops::swiglu(ctx, s.gate_up, s.inner);
  ops::gemm_grouped_nt(ctx, s.inner, packed_down_.of(ctx, *down_proj_, reuse, begin), begin, y);
  ops::scale_rows(ctx, y, row_gate, y);
}

void Experts::backward_input(Context& ctx, ConstTensor dy, Tensor drows, Tensor drow_gate, Arena& keep,
                             Saved& s) const {
  s.dy = dy;
  s.dgate_up = keep.tensor(dy.dtype(), s.gate_up.shape());
  const ArenaScope scope(ctx.workspace());
  const Tensor dinner = ctx.workspace().tensor(dy.dtype(), s.inner.shape());
  ops::gemm_grouped_nn(ctx, dy, down_proj_->value, s.begin, dinner);  // before the gate
  ops::row_dot(ctx, dinner, s.inner, drow_gate);
  ops::scale_rows(ctx, dinner, s.row_gate, dinner);
  ops::swiglu_backward(ctx, dinner, s.gate_up, s.dgate_up);
  ops::gemm_grouped_nn(ctx, s.dgate_up, gate_up_proj_->value, s.begin, drows);
}

void Experts::backward_weight(Context& ctx, const Saved& s) {
  if (down_proj_->trainable) {
    const ArenaScope scope(ctx.workspace());
    const Tensor gated = ctx.workspace().tensor(s.inner.dtype(), s.inner.shape());
    ops::scale_rows(ctx, s.inner, s.row_gate, gated);
    ops::gemm_grouped_tn(ctx, s.dy, gated, s.begin, down_proj_->grad, {.accumulate = true});
  }
  if (gate_up_proj_->trainable) {
    ops::gemm_grouped_tn(ctx, s.dgate_up, s.rows, s.begin, gate_up_proj_->grad, {.accumulate = true});
  }
}

Cost Experts::cost(int64_t rows) const {
  const int64_t I = dims_.intermediate;
  const int64_t gate_up = ops::packed_bytes_at_most(gate_up_proj_->shape),
                down = ops::packed_bytes_at_most(down_proj_->shape);
  return {.flops = 2.0 * static_cast<double>(rows) * static_cast<double>(3 * I * dims_.hidden),
          .saved_bytes = arena_bytes(rows * 2 * I, rows * I),  // gate_up, inner
          .gradient_bytes = arena_bytes(rows * 2 * I),         // dgate_up
          // The gradient of `inner`, while products with it run.
          .scratch_bytes = arena_bytes(rows * I) + std::max(ops::product_scratch_bytes(gate_up_proj_->shape),
                                                            ops::product_scratch_bytes(down_proj_->shape)),
          .packed_bytes = Buffer::footprint(gate_up) + Buffer::footprint(down)};
}

}  // namespace millet::nn
