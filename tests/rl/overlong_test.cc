#include "millet/rl/rules/overlong.h"

#include <doctest/doctest.h>

#include "tests/rl/reward_cases.h"

using namespace millet;
using namespace millet::rl;

TEST_CASE("the paper's limits: nothing up to 16,384 tokens, a line over 4,096, −1 beyond 20,480") {
  const SoftOverlong l{.max = 20480, .cache = 4096};
  CHECK(soft_overlong(l, 0) == 0);
  CHECK(soft_overlong(l, 16384) == 0);
  CHECK(soft_overlong(l, 16385) == -1.0 / 4096);
  CHECK(soft_overlong(l, 18432) == -0.5);
  CHECK(soft_overlong(l, 20480) == -1);
  CHECK(soft_overlong(l, 20481) == -1);
  CHECK(soft_overlong({.max = 10, .cache = 10}, 1) == -0.1);
  CHECK(formula(l) == "overlong = 0 up to 16384 tokens, (16384 − |o_i|) / 4096 up to 20480, −1 beyond");
}

TEST_CASE("soft overlong punishment equals TRL's") {
  for (const io::Json& c : tests::reward_cases("soft_overlong_punishment")) {
    const SoftOverlong l{.max = c.at("max_completion_len").as_int(), .cache = c.at("soft_punish_cache").as_int()};
    CHECK(soft_overlong(l, c.at("completion_tokens").as_int()) == c.at("expected").as_double());
  }
}
