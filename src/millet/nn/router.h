// The gate of a mixture of experts. V3's has sigmoid scores and a bias that chooses and does not weigh, V2's and
// Qwen3's a softmax and none. Source: DeepSeek-V3 §2.1.2. Hugging Face names: <name>.weight [E, H],
// <name>.e_score_correction_bias [E].
#pragma once

#include <span>

#include "millet/nn/batch.h"
#include "millet/nn/linear.h"
#include "millet/ops/router.h"

namespace millet::nn {

struct RouterDims {
  int64_t hidden = 0;
  int64_t n_routed_experts = 0;     // E
  int64_t num_experts_per_tok = 0;  // k
  bool correction_bias = true;
  ops::RouterOptions options;
};

class Router {
 public:
  struct Saved {
    ConstTensor x;   // [T, H]
    Tensor scores;   // [T, E]
    Tensor expert;   // [T, k] i32
    Tensor gate;     // [T, k]
    Tensor dlogits;  // [T, E], by backward_input
  };

  Router(Parameters& parameters, std::string_view name, const RouterDims& dims);

  void forward(Context&, const Batch&, ConstTensor x, Arena& keep, Saved&);
  // Adds to dx [T, H]. `coefficient` [B] weighs each segment's balance loss (empty: none).
  void backward_input(Context&, const Batch&, ConstTensor dgate, ConstTensor coefficient, Tensor dx, Arena& keep,
                      Saved&) const;
  void backward_weight(Context&, const Saved&);

  // The sequence-wise balance loss of each segment: loss [B].
  void balance_loss(Context&, const Batch&, const Saved&, Tensor loss) const;

  Parameter* bias() const { return bias_; }  // null pointer: it has none
  // Tokens that chose each expert since reset, of forwards with batch.keep. [E] i32
  Tensor load() const { return load_; }

  Cost cost(int64_t rows) const;
  const RouterDims& dims() const { return dims_; }

 private:
  RouterDims dims_;
  Linear gate_;
  Parameter* bias_ = nullptr;
  Buffer load_memory_;
  Tensor load_;
};

}  // namespace millet::nn
