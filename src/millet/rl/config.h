// [rl] of a recipe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millet/core/fields.h"
#include "millet/rl/algorithms/grpo.h"
#include "millet/rl/rules/overlong.h"
#include "millet/train/lr_schedule.h"
#include "millet/train/optimizer.h"

namespace millet::rl {

struct RewardConfig {
  std::string kind = "rule";
  double accuracy = 1.0;
  double format = 0.1;
  double random_share = 0.5;
  std::string form = "strict";
  double overlong = 0;
  int64_t overlong_max = 0;
  int64_t overlong_cache = 0;
  double repetition = 0;
  int64_t repetition_ngram = 3;

  void fields(Fields& f);
  void check(int64_t limit) const;  // `limit`: rl.max_new_tokens
  SoftOverlong soft_overlong(int64_t limit) const {
    return {.max = overlong_max > 0 ? overlong_max : limit, .cache = overlong_cache};
  }
};

struct RlConfig {
  std::string algorithm = "grpo";  // rows in algorithms/list
  std::string task = "chain";
  int64_t min = 0;
  int64_t max = 0;
  int64_t steps = 40;
  int64_t prompts = 32;
  int64_t group = 16;
  int64_t draws = 1;
  int64_t max_new_tokens = 80;
  double temperature = 1;
  int64_t minibatches = 1;
  int64_t epochs = 1;
  int64_t micro_batch_tokens = 4096;
  RewardConfig reward;
  GrpoConfig grpo;
  train::LrSchedule lr{.peak = 2e-4, .schedule = "constant", .warmup = 5};
  train::OptimizerConfig optimizer{.weight_decay = 0};
  double bias_update_speed = 1e-3;
  int64_t preflight = 32;
  int64_t evaluate_every = 5;
  int64_t evaluate_problems = 128;
  int64_t checkpoint_every = 20;
  int64_t keep_checkpoints = 3;
  int64_t keep_every = 0;

  void fields(Fields& f);
  void check() const;
  // Of values that say nothing, or what nobody means, in words; they are allowed, as where one key is switched off.
  std::vector<std::string> remarks() const;
};

}  // namespace millet::rl
