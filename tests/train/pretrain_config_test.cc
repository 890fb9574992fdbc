#include "millet/train/pretrain_config.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;

TEST_CASE("the defaults are possible, and each impossible value is refused by its key") {
  CHECK_NOTHROW(train::PretrainConfig{}.check());
  for (const char* set : {"steps=0", "step_tokens=-1", "checkpoint_every=0", "keep_checkpoints=0",
                          "bias_update_speed=-1", "optimizer.beta1=1", "objective.mtp_weight=-0.1", "lr.warmup=-5"}) {
    CAPTURE(set);
    train::PretrainConfig config;
    Fields fields;
    config.fields(fields);
    fields.set_text(set, "test");
    const std::string key(std::string_view(set).substr(0, std::string_view(set).find('=')));
    CHECK_THROWS_WITH_AS(config.check(), doctest::Contains(key.c_str()), Error);
  }
}
