#include "millet/rl/rollout_metrics.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace millet;

static report::Rollout response(const char* thinking, bool right, std::vector<float> log_probs) {
  report::Rollout r;
  r.thinking = thinking;
  r.right = right;
  r.well_formed = true;
  r.ids.assign(log_probs.size(), 1);
  r.log_probs = std::move(log_probs);
  return r;
}

TEST_CASE("means are over responses, entropy is over tokens, and 'wait' among those that think is over these alone") {
  const report::MetricsRow row =
      rl::rollout_metrics(7, {response("", false, {-1, -2}), response("1+1=3wait1+1=2", true, {-3, 0, 0, 0}),
                              response("2", true, {0, 0}), response("", false, {0, 0})});
  CHECK(row.step == 7);
  CHECK(row.phase == "rl");
  CHECK(row["accuracy"] == 0.5);
  CHECK(row["format"] == 1);
  CHECK(row["length"] == 2.5);
  CHECK(row["thinks"] == 0.5);
  CHECK(row["wait"] == 0.25);
  CHECK(row["wait_long"] == 0.5);
  CHECK(row["entropy"] == doctest::Approx(0.6));
}

TEST_CASE("the form is counted even where it earns nothing, and no thought leaves 'wait_long' unknown") {
  const report::MetricsRow row = rl::rollout_metrics(1, {response("", false, {-1})});
  CHECK(row["reward"] == 0);
  CHECK(row["format"] == 1);
  CHECK(std::isnan(row["wait_long"]));
}

TEST_CASE("what was drawn is recorded, how often only of dynamic sampling") {
  rl::Drawn drawn;
  drawn.count = {.mixed = 2, .all_right = 1, .all_wrong = 5};
  drawn.draws = 3;
  report::MetricsRow row, dynamic;
  rl::record(drawn, false, row);
  CHECK(row["all_right"] == 0.125);
  CHECK(row["all_wrong"] == 0.625);
  CHECK(row.values.size() == 2);
  rl::record(drawn, true, dynamic);
  CHECK(dynamic["draws"] == 3);
  CHECK(dynamic["groups_drawn"] == 8);
  CHECK(dynamic["groups_trained"] == 2);
}
