#include "millet/train/pretrain_config.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "millet/core/error.h"

using namespace millet;

TEST_CASE("the defaults are possible, and each impossible value is refused by its key") {
  CHECK_NOTHROW(train::PretrainConfig{}.check());
  for (const char* set :
       {"steps=0", "step_tokens=-1", "checkpoint_every=0", "keep_checkpoints=0", "bias_update_speed=-1",
        "optimizer.beta1=1", "objective.mtp_weight=-0.1", "lr.warmup=-5", "steps=9223372036854775807",
        "step_tokens=9223372036854775807", "lr.peak=inf", "optimizer.weight_decay=inf", "lr.peak=0"}) {
    CAPTURE(set);
    train::PretrainConfig config;
    Fields fields;
    fields.section("train", config, "");
    const std::string key = fmt::format("train.{}", std::string_view(set).substr(0, std::string_view(set).find('=')));
    const auto set_and_check = [&] {
      fields.set_text(fmt::format("train.{}", set), "test");
      config.check();
    };
    CHECK_THROWS_WITH_AS(set_and_check(), doctest::Contains(key.c_str()), Error);
  }
}
