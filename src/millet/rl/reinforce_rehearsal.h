// Parts of a reinforcement-learning job on a scratch copy of its model, to be timed: every answer of full length,
// weights at random.
#pragma once

#include <vector>

#include "millet/infer/engine.h"
#include "millet/model/decoder.h"
#include "millet/rl/objective.h"
#include "millet/train/optimizer.h"

namespace millet::rl {

class ReinforceRehearsal {
 public:
  // The config must outlive it. Makes a model, its optimizer, an engine and their memory. `prompt_tokens`: of a prompt.
  ReinforceRehearsal(Context&, const RlConfig& config, const model::ModelConfig& model, int64_t prompt_tokens);

  // Reads prompts, so that as many sequences decode as the engine takes, their answers half as long as they may become:
  // what a step costs on average while answers of full length are written.
  void fill();
  void decode();  // one such step of the engine; fills it where nothing is left
  void train();   // forward and backward of one micro-batch of answers of full length
  void update();  // one optimizer step

 private:
  Context& ctx_;
  const RlConfig& config_;
  int64_t prompt_tokens_;
  nn::Parameters parameters_;
  model::Decoder model_;
  train::Optimizer optimizer_;
  infer::Engine engine_;
  Objective objective_;
  std::vector<report::Rollout> rollouts_;  // of one micro-batch
};

}  // namespace millet::rl
