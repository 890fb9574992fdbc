// The dense feed-forward and the shared experts: SwiGLU. Hugging Face names:
// <name>.{gate_proj,up_proj,down_proj}.weight, gate and up stacked in one parameter <name>.gate_up_proj.
#pragma once

#include "millet/nn/cost.h"
#include "millet/nn/linear.h"

namespace millet::nn {

class Mlp {
 public:
  struct Saved {
    ConstTensor x;    // [T, H]
    Tensor gate_up;   // [T, 2I]
    Tensor inner;     // [T, I]
    ConstTensor dy;   // [T, H], by backward_input
    Tensor dgate_up;  // [T, 2I]
  };

  Mlp(Parameters& parameters, std::string_view name, int64_t hidden, int64_t intermediate);

  void forward(Context&, ConstTensor x, Tensor y, bool reuse, Arena& keep, Saved&) const;  // [T, H] → [T, H]
  void backward_input(Context&, ConstTensor dy, Tensor dx, Arena& keep, Saved&) const;     // dx written
  void backward_weight(Context&, const Saved&);

  Cost cost(int64_t rows) const;

 private:
  Linear gate_up_proj_;  // [2I, H]
  Linear down_proj_;     // [H, I]
};

}  // namespace millet::nn
