// The expert exchange of one process: all experts are here, moves are row permutations.
#pragma once

#include "millet/nn/expert_exchange.h"

namespace millet::nn {

class LocalExchange final : public ExpertExchange {
 public:
  explicit LocalExchange(int64_t n_routed_experts) : n_experts_(n_routed_experts) {}
  Route route(Context&, ConstTensor expert, Arena& keep) override;
  Move scatter(Context&, const Route&, ConstTensor x, ConstTensor gate, Tensor rows, Tensor row_gate) override;
  Move gather(Context&, const Route&, ConstTensor rows, ConstTensor row_gate, Tensor y, Tensor gate) override;

 private:
  int64_t n_experts_;
};

}  // namespace millet::nn
