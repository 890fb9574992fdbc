#include "millet/rl/config.h"

#include <doctest/doctest.h>

#include "tests/core/refused.h"

using namespace millet;

TEST_CASE("the defaults are possible, and each impossible value is refused by its key") {
  CHECK_NOTHROW(rl::RlConfig{}.check());
  tests::check_refused<rl::RlConfig>("rl", {"group=1",
                                            "temperature=0",
                                            "minibatches=64",
                                            "epochs=0",
                                            "reward.random_share=2",
                                            "grpo.clip_low=0",
                                            "max_new_tokens=0",
                                            "grpo.kl_beta=-1",
                                            "max_new_tokens=9223372036854775807",
                                            "group=9223372036854775807",
                                            "temperature=1e-30",
                                            "grpo.clip_low=2",
                                            "min=-4",
                                            "reward.accuracy=inf",
                                            "grpo.kl_estimator=k4",
                                            "grpo.kl_in=advantage",
                                            "grpo.ratio=word",
                                            "grpo.reference_every=-1",
                                            "draws=0",
                                            "preflight=-1",
                                            "algorithm=ppo",
                                            "reward.form=loose",
                                            "reward.repetition_ngram=0"});
}

TEST_CASE("an unknown task and a normalisation without its length are refused before a run is made") {
  rl::RlConfig config;
  config.task = "chian";
  CHECK_THROWS_WITH_AS(config.check(), "unknown task 'chian': did you mean 'chain'?", Error);
  config.task = "chain";
  config.grpo.normalisation = "constant";
  CHECK_THROWS_WITH_AS(config.check(), doctest::Contains("rl.grpo.constant_length is 0"), Error);
  config.grpo.constant_length = 80;
  CHECK_NOTHROW(config.check());
  config.grpo.reference_every = 10;
  CHECK_THROWS_WITH_AS(config.check(), doctest::Contains("there is no reference: give rl.grpo.kl_beta"), Error);
  config.grpo.kl_beta = 0.01;
  CHECK_NOTHROW(config.check());
  config.reward.overlong = 1;
  CHECK_THROWS_WITH_AS(config.check(), doctest::Contains("rl.reward.overlong_cache is 0"), Error);
  config.reward.overlong_cache = 81;  // of 80
  CHECK_THROWS_WITH_AS(config.check(), doctest::Contains("one of 1..80"), Error);
  config.reward.overlong_cache = 80;
  CHECK_NOTHROW(config.check());
}

TEST_CASE("checkpoints that are to be kept for good and would never be written are refused") {
  rl::RlConfig config;
  config.checkpoint_every = 10;
  config.keep_every = 25;
  CHECK_THROWS_WITH_AS(config.check(), doctest::Contains("rl.keep_every is 25, but checkpoints are written every 10"),
                       Error);
  config.keep_every = 30;
  CHECK_NOTHROW(config.check());
}

TEST_CASE("keys that say nothing, and what nobody means, are told") {
  const auto told = [](auto set) {
    rl::RlConfig config;
    set(config);
    std::string all;
    for (const std::string& remark : config.remarks()) all += remark + "\n";
    return all;
  };
  CHECK(told([](rl::RlConfig&) {}).empty());
  CHECK(told([](rl::RlConfig& c) { c.grpo.kl_in = "reward"; }) ==
        "rl.grpo.kl_in = reward says nothing: rl.grpo.kl_beta is 0\n");
  CHECK(told([](rl::RlConfig& c) { c.grpo.constant_length = 5; }).find("normalisation is sequence") !=
        std::string::npos);
  CHECK(told([](rl::RlConfig& c) { c.reward.overlong_cache = 5; }).find("rl.reward.overlong is 0") !=
        std::string::npos);
  const auto k1 = [](const char* in) {
    return [in](rl::RlConfig& c) {
      c.grpo.kl_beta = 0.1;
      c.grpo.kl_estimator = "k1";
      c.grpo.kl_in = in;
    };
  };
  CHECK(told(k1("loss")).find("has no gradient on average") != std::string::npos);
  CHECK(told(k1("reward")).empty());
}
