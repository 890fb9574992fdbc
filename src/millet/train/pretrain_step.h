// One optimizer step of pre-training: examples → gradients → weights → balance. The loop records what it gives, the
// rehearsal times it.
#pragma once

#include <vector>

#include "millet/data/source.h"
#include "millet/train/balance.h"
#include "millet/train/objective.h"
#include "millet/train/optimizer.h"
#include "millet/train/pretrain_config.h"

namespace millet::train {

struct PretrainStep {
  int64_t rows = 0;
  uint64_t end_example = 0;  // where the next step begins
  Losses losses;
  double lr = 0;
  double flops = 0;
  Optimizer::Outcome outcome;
  std::vector<ExpertLoad> loads;
};

// Step number `step` (it decides the learning rate), from example `example` on. `model` is the one that objective and
// optimizer were made for. Throws Error where the source has come to its end.
PretrainStep pretrain_step(Context&, const PretrainConfig& config, model::Decoder& model, Objective& objective,
                           Optimizer& optimizer, const data::Source& source, int64_t step, uint64_t example);

// Rows of a micro-batch, at most.
int64_t micro_batch_rows(const PretrainConfig& config);

// Is the token after next predicted as well?
bool trains_mtp(const PretrainConfig& config, const model::Decoder& model);

}  // namespace millet::train
