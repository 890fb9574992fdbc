// The routed experts of one layer: E small SwiGLUs over grouped rows, each row weighed by its gate. Source:
// DeepSeekMoE, Dai et al. 2024. Parameters <name>.gate_up_proj [E, 2I, H] and <name>.down_proj [E, H, I]; on disk one
// matrix an expert.
#pragma once

#include "millet/nn/cost.h"
#include "millet/nn/packed_copy.h"
#include "millet/nn/parameters.h"

namespace millet::nn {

struct ExpertsDims {
  int64_t hidden = 0;        // H
  int64_t intermediate = 0;  // I, moe_intermediate_size
  int64_t n_experts = 0;     // E, here
};

class Experts {
 public:
  struct Saved {
    ConstTensor begin;     // [E + 1] i32
    ConstTensor rows;      // [R, H]
    ConstTensor row_gate;  // [R]
    Tensor gate_up;        // [R, 2I]
    Tensor inner;          // [R, I]
    ConstTensor dy;        // [R, H], by backward_input: gradient of the gated output
    Tensor dgate_up;       // [R, 2I]
  };

  Experts(Parameters& parameters, std::string_view name, const ExpertsDims& dims);

  // y[r] = row_gate[r] · expert(rows[r]);  begin [E + 1] says where each expert's rows start. R may be 0.
  void forward(Context&, ConstTensor rows, ConstTensor row_gate, ConstTensor begin, Tensor y, bool reuse, Arena& keep,
               Saved&) const;
  // drows [R, H] and drow_gate [R] are written. Since the down projection is linear, the gate's gradient is taken
  // before it: ⟨Wᵀdy, inner⟩, so that the expert's output need not be saved.
  void backward_input(Context&, ConstTensor dy, Tensor drows, Tensor drow_gate, Arena& keep, Saved&) const;
  void backward_weight(Context&, const Saved&);

  Cost cost(int64_t rows) const;

 private:
  ExpertsDims dims_;
  Parameter* gate_up_proj_;  // [E, 2I, H]
  Parameter* down_proj_;     // [E, H, I]
  mutable PackedCopy packed_gate_up_;
  mutable PackedCopy packed_down_;
};

}  // namespace millet::nn
