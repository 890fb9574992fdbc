#include "millet/rl/preflight.h"

#include <doctest/doctest.h>

using namespace millet;
using namespace millet::rl;

// Groups of answers: r right, w wrong in the form, x without the form, t cut off.
static Preflight of(const std::vector<std::string>& groups) {
  std::vector<report::Rollout> rollouts;
  for (size_t g = 0; g < groups.size(); ++g) {
    for (const char c : groups[g]) {
      report::Rollout r;
      r.group = static_cast<int64_t>(g);
      r.right = c == 'r';
      r.well_formed = c == 'r' || c == 'w';
      r.truncated = c == 't';
      r.reward.parts = {{"accuracy", c == 'r' ? 1.0 : 0.0}, {"format", r.well_formed ? 0.1 : 0.0}};
      r.reward.total = r.reward.parts[0].second + r.reward.parts[1].second;
      rollouts.push_back(r);
    }
  }
  return preflight(rollouts);
}

static std::string warned(const std::vector<std::string>& groups) {
  std::string all;
  for (const std::string& w : warnings(of(groups), {})) all += w + "\n";
  return all;
}

TEST_CASE("the facts count answers and groups") {
  const Preflight f = of({"rrww", "wwww", "rrrr", "rwxt"});
  CHECK(f.answers == 16);
  CHECK(f.right == 7);
  CHECK(f.well_formed == 14);
  CHECK(f.truncated == 1);
  CHECK(f.groups.mixed == 2);
  CHECK(f.groups.all_right == 1);
  CHECK(f.groups.all_wrong == 1);
  CHECK(describe(f) ==
        "pre-flight: 43.8 % of 16 answers to 4 problems are right (14.3 to 78.4 %); groups by reward: 2 mixed, 1 all "
        "right, 1 all wrong; 2 with rewards that differ");
  const report::MetricsRow row = preflight_row(f);
  CHECK(row.phase == "preflight");
  CHECK(row.step == 0);
  CHECK(row["mixed"] == 0.5);
  CHECK(row["accuracy"] == 7.0 / 16);
}

TEST_CASE("many answers to few problems are not many problems: the interval is as wide as those make it") {
  const std::vector<std::string> torn{"rrrrrrrr", "wwwwwwww", "rrrrrrrr", "wwwwwwww"};
  const eval::Interval four = eval::wilson(2, 4), apart = of({"rwrwrwrw", "rwrwrwrw", "rwrwrwrw", "rwrwrwrw"}).sure;
  CHECK(of(torn).sure.low == doctest::Approx(four.low));
  CHECK(of(torn).sure.high == doctest::Approx(four.high));
  CHECK(apart.low == doctest::Approx(eval::wilson(16, 32).low));
  CHECK(preflight_row(of(torn))["accuracy_low"] == of(torn).sure.low);
}

TEST_CASE("a recipe that can learn is not warned of, one that cannot is, with what to do") {
  CHECK(warned({"rw", "ww", "rr"}).empty());
  CHECK(warned({"ww", "ww"}).find("cannot learn: ask easier problems") != std::string::npos);
  CHECK(warned({"rr", "rr"}).find("nothing left to learn: ask harder problems") != std::string::npos);
  CHECK(warned({"wx", "ww"}).find("all that 1 of 2 groups can prefer is the form") != std::string::npos);
  CHECK(warned({"xx", "xx"}).find("none of 4 answers has the form") != std::string::npos);
  std::vector<std::string> few(21, "wwww");
  few[3] = "rwww";
  CHECK(warned(few).find("only 1 of 21 groups") != std::string::npos);
  CHECK(warned(few).find("ask easier problems") != std::string::npos);
  for (std::string& g : few) g = g == "rwww" ? g : "rrrr";
  CHECK(warned(few).find("ask harder problems") != std::string::npos);
  const std::string cut = warned({"tttttttttttt", "ttttttttttrr"});  // 22 of 24
  CHECK(cut.find("92 % of the answers were cut off") != std::string::npos);
  CHECK(cut.find("raise rl.max_new_tokens (80)") != std::string::npos);
}

TEST_CASE("groups of a control are judged by its coin, the pass rate by the verifier") {
  std::vector<report::Rollout> rollouts(2);
  rollouts[0].reward.parts = {{"accuracy", 1.0}};
  rollouts[0].well_formed = true;
  rollouts[1].reward.parts = {{"accuracy", 0.0}};
  const Preflight f = preflight(rollouts);
  CHECK(f.right == 0);
  CHECK(f.groups.mixed == 1);
  CHECK(warnings(f, {}).empty());
}
