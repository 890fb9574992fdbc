// [train] of a recipe.
#pragma once

#include "millet/core/fields.h"
#include "millet/train/lr_schedule.h"
#include "millet/train/objective.h"
#include "millet/train/optimizer.h"

namespace millet::train {

struct PretrainConfig {
  int64_t steps = 1000;
  int64_t step_tokens = 1024;
  int64_t micro_batch_tokens = 0;
  LrSchedule lr;
  OptimizerConfig optimizer;
  ObjectiveConfig objective;
  double bias_update_speed = 1e-3;
  int64_t validate_every = 100;
  int64_t validate_tokens = 0;
  int64_t sample_every = 0;
  int64_t checkpoint_every = 500;
  int64_t keep_checkpoints = 3;
  int64_t keep_every = 0;
  std::string init = "scaled";
  double init_std = 0.006;
  double max_flops = 0;
  std::string same_cost_as;

  void fields(Fields& f);
  void check() const;
};

}  // namespace millet::train
