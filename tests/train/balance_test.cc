#include "millet/train/balance.h"

#include <doctest/doctest.h>

#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("the bias moves by the sign of the load error, and not at all where loads are equal") {
  Rig rig("cpu");
  nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::training);
  nn::Router router(parameters, "gate", {.hidden = 2, .n_routed_experts = 4, .num_experts_per_tok = 1});
  const std::vector<nn::Router*> routers{&router};
  train::update_bias(rig.ctx(), routers, {{{10, 2, 2, 2}}}, 0.001);
  CHECK(rig.read(router.bias()->value) == std::vector<double>{-0.001F, 0.001F, 0.001F, 0.001F});
  const uint64_t version = router.bias()->version;
  CHECK(version > 0);
  train::update_bias(rig.ctx(), routers, {{{3, 3, 3, 3}}}, 0.001);
  CHECK(rig.read(router.bias()->value)[0] == -0.001F);
}

TEST_CASE("loads are handed over once") {
  Rig rig("cpu");
  nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::training);
  nn::Router router(parameters, "gate", {.hidden = 2, .n_routed_experts = 3, .num_experts_per_tok = 2});
  from_host(rig.ctx().device(), std::vector<int32_t>{4, 1, 1}, router.load());
  const auto loads = train::take_expert_load(rig.ctx(), {&router});
  CHECK(loads[0].count == std::vector<int64_t>{4, 1, 1});
  CHECK(loads[0].max_violation() == doctest::Approx(1.0));
  CHECK(train::take_expert_load(rig.ctx(), {&router})[0].count == std::vector<int64_t>{0, 0, 0});
}

TEST_CASE("a row of metrics gets the mean, each layer and each expert's share, and nothing without experts") {
  report::MetricsRow row;
  train::record({}, row);
  train::record({{{0, 0}}, {{0, 0}}}, row);  // no row went through: no share, rather than shares of 0
  CHECK(row.values.empty());
  train::record({{{3, 1}}, {{1, 1}}}, row);
  CHECK(row["max_vio"] == doctest::Approx(0.25));
  CHECK(row["max_vio/0"] == doctest::Approx(0.5));
  CHECK(row["max_vio/1"] == 0);
  CHECK(row["expert_load/0"] == doctest::Approx(0.625));
  CHECK(row["expert_load/1"] == doctest::Approx(0.375));
}

TEST_CASE("the summary is the mean over layers") {
  const auto s = train::summarise({{{3, 1}}, {{1, 1}}});
  CHECK(s.share[0] == doctest::Approx(0.625));
  CHECK(s.max_violation == doctest::Approx(0.25));
  CHECK(train::summarise({}).share.empty());
  const auto idle = train::summarise({{{3, 1}}, {{0, 0}}});
  CHECK(idle.share[0] == doctest::Approx(0.75));
  CHECK(idle.max_violation == doctest::Approx(0.5));
}
