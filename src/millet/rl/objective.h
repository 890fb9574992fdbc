// The reinforcement-learning loss of some rollouts and its gradient: the algorithm's token terms over the model's one
// forward.
#pragma once

#include <span>

#include "millet/model/decoder.h"
#include "millet/report/rollouts.h"
#include "millet/rl/algorithms/grpo.h"
#include "millet/rl/config.h"

namespace millet::rl {

// One rollout as the loss sees it.
struct Item {
  const report::Rollout* rollout = nullptr;
  double advantage = 0;
  double token_weight = 0;
  const std::vector<float>* reference_log_probs = nullptr;  // of its ids under the reference; null: none
};

struct Result {
  double loss = 0;
  double kl = 0;             // Σ over tokens of the estimate against the reference
  int64_t tokens = 0;        // response tokens that went through
  int64_t clipped = 0;       // tokens at which the clip acts
  int64_t mismatches = 0;    // tokens whose log-probability has not the bits that were sampled
  double largest_ratio = 1;  // |log ratio| at its largest, as a ratio
  double flops = 0;

  Result& operator+=(const Result& other);
};

// The second prediction has no part in the reward: its loss is 0 and its weights stay.
void freeze_mtp(nn::Parameters& parameters, const model::ModelConfig& config);

class Objective {
 public:
  Objective(const RlConfig& config, model::Decoder& model);

  // Forward and backward over all items, in micro-batches of config.micro_batch_tokens; gradients are added.
  Result forward_backward(Context&, std::span<const Item> items);

  // Log-probabilities of each rollout's ids under this model, without gradients: for a reference.
  std::vector<std::vector<float>> log_probs(Context&, std::span<const report::Rollout* const> rollouts);

 private:
  Result micro_batch(Context&, std::span<const Item> items);

  const RlConfig& config_;
  model::Decoder& model_;
  model::Decoder::Pass pass_;
  Arena inputs_;
};

}  // namespace millet::rl
