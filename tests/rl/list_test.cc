#include "millet/rl/algorithms/list.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "millet/rl/config.h"

using namespace millet;
using namespace millet::rl;

// The config that a recipe of these assignments comes to.
static RlConfig with(const std::vector<std::string>& sets) {
  struct {
    RlConfig rl;
    void fields(Fields& f) { f.section("rl", rl, ""); }
  } recipe;
  Fields fields;
  recipe.fields(fields);
  for (const std::string& s : sets) fields.set_text(s, "--set");
  apply_algorithm(recipe.rl, fields);
  recipe.rl.check();
  return recipe.rl;
}

TEST_CASE("each algorithm sets the keys of its paper, all of which there are") {
  for (const Algorithm& a : algorithms()) {
    CAPTURE(a.name);
    CHECK_NOTHROW(with({"rl.algorithm=" + std::string(a.name)}));
    CHECK(a.source.find("arXiv") != std::string::npos);
  }
  const RlConfig dapo = with({"rl.algorithm=dapo", "rl.max_new_tokens=100"});
  CHECK(dapo.grpo.normalisation == "token");
  CHECK(dapo.grpo.clip_low == 0.2);
  CHECK(dapo.grpo.clip_high == 0.28);
  CHECK(dapo.draws == 10);
  CHECK(dapo.reward.overlong == 1);
  CHECK(dapo.reward.overlong_max == 100);
  CHECK(dapo.reward.overlong_cache == 20);
  const RlConfig dr = with({"rl.algorithm=dr_grpo", "rl.max_new_tokens=100"});
  CHECK_FALSE(dr.grpo.divide_by_std);
  CHECK(dr.grpo.normalisation == "constant");
  CHECK(dr.grpo.constant_length == 100);
  const RlConfig gspo = with({"rl.algorithm=gspo"});
  CHECK(gspo.grpo.ratio == "sequence");
  CHECK(gspo.grpo.clip_low == 3e-4);
  CHECK(gspo.grpo.normalisation == "sequence");
}

TEST_CASE("what a recipe says itself is kept") {
  const RlConfig dapo = with({"rl.grpo.clip_high=0.25", "rl.algorithm=dapo", "rl.draws=1"});
  CHECK(dapo.grpo.clip_high == 0.25);
  CHECK(dapo.draws == 1);
  CHECK(dapo.grpo.normalisation == "token");
}

TEST_CASE("what is kept otherwise than the algorithm has it is listed") {
  CHECK(kept_otherwise(with({"rl.algorithm=dapo"})).empty());
  CHECK(kept_otherwise(with({"rl.draws=3"})).empty());  // of no algorithm but GRPO
  CHECK(kept_otherwise(with({"rl.grpo.clip_high=0.25", "rl.algorithm=dapo", "rl.grpo.normalisation=token"})) ==
        std::vector<std::string>{"rl.grpo.clip_high = 0.25 (DAPO: 0.28)"});
  // Of keys whose default is the paper's, too.
  CHECK(kept_otherwise(with({"rl.algorithm=gspo", "rl.grpo.normalisation=token", "rl.grpo.divide_by_std=false"})) ==
        std::vector<std::string>{"rl.grpo.normalisation = \"token\" (GSPO: \"sequence\")",
                                 "rl.grpo.divide_by_std = false (GSPO: true)"});
}

TEST_CASE("the name alone tells nothing: a resolved recipe says the same without it") {
  CHECK(with({"rl.algorithm=grpo"}).grpo.normalisation == RlConfig{}.grpo.normalisation);
  CHECK_THROWS_WITH_AS(find_algorithm("ppo"), doctest::Contains("unknown algorithm 'ppo'"), Error);
  CHECK(algorithm_names() == std::vector<std::string>{"grpo", "dapo", "dr_grpo", "gspo"});
}
