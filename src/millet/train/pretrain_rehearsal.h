// Steps of a pre-training job on a scratch copy of its model, to be timed: the job's own batches, weights at random.
#pragma once

#include "millet/model/decoder.h"
#include "millet/train/pretrain_step.h"

namespace millet::train {

class PretrainRehearsal {
 public:
  // Config and source must outlive it. Makes a model, its optimizer and their memory.
  PretrainRehearsal(Context&, const PretrainConfig& config, const model::ModelConfig& model,
                    const data::Source& training);

  void step();                                // one optimizer step, as the job's
  void validate(const data::Source& source);  // one forward of a batch of validation

 private:
  Context& ctx_;
  const PretrainConfig& config_;
  const data::Source& training_;
  nn::Parameters parameters_;
  model::Decoder model_;
  Optimizer optimizer_;
  Objective objective_;
  int64_t step_ = 0;
  uint64_t example_ = 0;
};

}  // namespace millet::train
