// The owner of the optimizer's state: AdamW for every weight, or Muon for hidden matrices and AdamW for the rest.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "millet/core/context.h"
#include "millet/core/fields.h"
#include "millet/nn/parameters.h"

namespace millet::train {

struct OptimizerConfig {
  std::string name = "adamw";
  double beta1 = 0.9;
  double beta2 = 0.95;
  double eps = 1e-8;
  double weight_decay = 0.1;
  double muon_momentum = 0.95;
  double clip = 1.0;

  void fields(Fields& f);
};

class Optimizer {
 public:
  // State for each trainable parameter, zero.
  Optimizer(const OptimizerConfig& config, nn::Parameters& parameters);

  struct Outcome {
    double grad_norm = 0;  // before clipping, over all trainable weights
    bool skipped = false;  // the gradient was not finite: nothing moved
  };
  // One step at rate lr with the gradients as they are; clips the global norm to config.clip (0 = never).
  Outcome step(Context&, double lr);

  int64_t steps() const { return steps_; }
  void set_steps(int64_t steps) { steps_ = steps; }

  // Every tensor of the state with its name ("<weight>.m", "<weight>.v", "<weight>.momentum"), in order: for
  // checkpoints.
  void visit_state(const std::function<void(const std::string& name, const Tensor& tensor)>& visitor);

  // Of the state that these parameters will have, before there is one; and of the workspace that a step takes.
  static int64_t state_bytes(const OptimizerConfig& config, const nn::Parameters& parameters);
  static int64_t scratch_bytes(const OptimizerConfig& config, const nn::Parameters& parameters, int threads);

 private:
  struct State {
    nn::Parameter* parameter;
    bool muon;
    Buffer first, second;  // m and v, or momentum alone
  };
  OptimizerConfig config_;
  std::deque<State> states_;
  int64_t steps_ = 0;
};

}  // namespace millet::train
