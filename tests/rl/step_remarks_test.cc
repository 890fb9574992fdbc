#include "millet/rl/step_remarks.h"

#include <doctest/doctest.h>

using namespace millet;
using namespace millet::rl;

static report::MetricsRow row(int64_t step, double trained, double all_right, double all_wrong) {
  return {.step = step,
          .phase = "rl",
          .values = {{"truncated", 0},
                     {"nearly_flat", 0},
                     {"draws", 3},
                     {"groups_drawn", 12},
                     {"groups_trained", trained},
                     {"all_right", all_right},
                     {"all_wrong", all_wrong}}};
}

TEST_CASE("a step that dynamic sampling fills is not worth a word, one that it does not is warned of") {
  RlConfig config;
  config.prompts = 4;
  config.draws = 3;
  StepRemarks remarks(config);
  remarks.add(row(1, 4, 0.5, 0.1));
  CHECK(remarks.warnings().empty());
  remarks.add(row(2, 1, 0.25, 0.75));
  REQUIRE(remarks.warnings().size() == 1);
  CHECK(
      remarks.warnings()[0] ==
      "step 2: 3 draws gave 1 groups of 4 with right and wrong answers; of all 12 drawn 25 % were all right, 75 % all "
      "wrong: ask easier problems (rl.min, rl.max)");
  CHECK(remarks.end().empty());
}

TEST_CASE("three steps in a row that are all wrong end a run, and nothing less") {
  RlConfig config;
  config.draws = 3;
  StepRemarks remarks(config);
  for (const auto& [wrong, ends] :
       {std::pair{1.0, false}, {1.0, false}, {0.9, false}, {1.0, false}, {1.0, false}, {1.0, true}, {1.0, true}}) {
    remarks.add(row(1, 0, 1 - wrong, wrong));
    CHECK(remarks.end().empty() == !ends);
    CHECK(remarks.warnings().empty() == ends);
  }
  remarks.add(row(1, 0, 1, 0));  // all right: nothing left to learn, which is no failure
  REQUIRE(remarks.warnings().size() == 1);
  CHECK(remarks.warnings()[0].ends_with("100 % were all right, 0 % all wrong: ask harder problems (rl.min, rl.max)"));
  CHECK(remarks.end().empty());
  config.draws = 1;
  for (int i = 0; i < 5; ++i) remarks.add(row(1, 0, 0, 1));
  CHECK(remarks.end().empty());
  CHECK(remarks.warnings().empty());
}

TEST_CASE("answers cut off are told of in the first steps, rewards that hardly differ in all") {
  const RlConfig config;
  StepRemarks remarks(config);
  for (const auto& [step, cut, flat, told] :
       {std::tuple{1, 0.97, 0.0, 1U}, {3, 0.91, 2.0, 2U}, {4, 0.97, 0.0, 0U}, {9, 0.97, 1.0, 1U}, {1, 0.9, 0.0, 0U}}) {
    report::MetricsRow r{.step = step, .phase = "rl", .values = {{"truncated", cut}, {"nearly_flat", flat}}};
    remarks.add(r);
    CHECK(remarks.warnings().size() == told);
  }
}
