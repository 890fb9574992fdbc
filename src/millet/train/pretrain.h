// The pre-training loop.
#pragma once

#include <span>

#include "millet/core/context.h"
#include "millet/data/streams.h"
#include "millet/model/decoder.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/train/checkpoint.h"
#include "millet/train/hooks.h"
#include "millet/train/pretrain_config.h"

namespace millet::train {

struct PretrainJob {
  const PretrainConfig& config;
  model::Decoder& model;               // with its first weights
  std::string phase = "pre-training";  // as progress calls it
  CompanionFiles companions;           // the tokenizer's files, for checkpoints
  const data::Source& training;
  std::span<const data::Validation> validation;
  report::Run& run;
  report::View& view;
  Hooks hooks;
  double peak_flops = 0;  // of the machine, for utilisation; 0 = not known
};

enum class Ended : uint8_t { finished, stopped };

// Goes on from the run's newest good checkpoint if there is one: the bits are those of a run that never stopped. Writes
// metrics and checkpoints into the run; ends with a checkpoint in any case.
Ended pretrain(Context&, PretrainJob job);

}  // namespace millet::train
