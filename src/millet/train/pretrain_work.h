// What pre-training will cost, from its recipe and the shapes of its model alone.
#pragma once

#include <span>

#include "millet/core/work.h"
#include "millet/data/streams.h"
#include "millet/model/decoder.h"
#include "millet/train/pretrain_config.h"

namespace millet::train {

struct PretrainWorkOptions {
  int threads = 1;
  int64_t context = 0;         // rows of the longest example
  int64_t first_step = 0;      // of a run that goes on
  int64_t sampling_bytes = 0;  // what Hooks::on_sample takes
};

// Phases "training" (a unit is an optimizer step) and "validation" (a unit is one forward). Nothing of the model is
// allocated; a few examples of the sources are looked at.
Work pretrain_work(const PretrainConfig& config, const model::ModelConfig& model, const data::Source& training,
                   std::span<const data::Validation> validation, const PretrainWorkOptions& options);

// What a step and a validation take of the workspace at most: the loop reserves it in one piece.
int64_t pretrain_scratch_bytes(const PretrainConfig& config, const model::Decoder& model, int threads);

}  // namespace millet::train
