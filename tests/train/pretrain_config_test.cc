#include "millet/train/pretrain_config.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "tests/core/refused.h"

using namespace millet;

TEST_CASE("the defaults are possible, and each impossible value is refused by its key") {
  CHECK_NOTHROW(train::PretrainConfig{}.check());
  tests::check_refused<train::PretrainConfig>(
      "train", {"steps=0", "step_tokens=-1", "checkpoint_every=0", "keep_checkpoints=0", "bias_update_speed=-1",
                "optimizer.beta1=1", "objective.mtp_weight=-0.1", "lr.warmup=-5", "steps=9223372036854775807",
                "step_tokens=9223372036854775807", "lr.peak=inf", "optimizer.weight_decay=inf", "lr.peak=0"});
}

TEST_CASE("checkpoints of every n-th step that would never be written are refused") {
  train::PretrainConfig config;
  config.keep_every = 750;
  CHECK_THROWS_WITH_AS(config.check(),
                       doctest::Contains("train.keep_every is 750, but checkpoints are written every "
                                         "500 steps (train.checkpoint_every)"),
                       Error);
  config.checkpoint_every = 250;
  CHECK_NOTHROW(config.check());
}
