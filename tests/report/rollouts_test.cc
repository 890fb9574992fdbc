#include "millet/report/rollouts.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/report/run.h"
#include "tests/io/error_of.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::report;

namespace {

Rollout example() {
  return {.group = 3,
          .sample = 15,
          .problem = "7*7+4",
          .prompt = "7*7+4=?",
          .thinking = "7*7=9+4=4wait9+4=3",
          .answer = "3",
          .right_answer = "3",
          .right = true,
          .well_formed = true,
          .prompt_ids = {1, 17, 20},
          .ids = {3, 4, 2},
          .log_probs = {-0.1f, -1.5f, -0.0f},
          .reward = {.total = 1.1, .parts = {{"accuracy", 1}, {"format", 0.1}}},
          .advantage = 0.25,
          .truncated = false};
}

}  // namespace

TEST_CASE("a rollout reads back as it was, log-probabilities bit for bit") {
  Rollout r = example();
  Rng rng(1, "test");
  for (int i = 0; i < 1000; ++i) r.log_probs.push_back(-std::abs(static_cast<float>(rng.normal())) * 1e-3f);
  const Rollout back = rollout(to_line(r));
  CHECK(back.group == 3);
  CHECK(back.sample == 15);
  CHECK(back.problem == r.problem);
  CHECK(back.prompt == r.prompt);
  CHECK(back.thinking == r.thinking);
  CHECK(back.answer == "3");
  CHECK(back.right_answer == "3");
  CHECK(back.right);
  CHECK(back.well_formed);
  CHECK(back.prompt_ids == r.prompt_ids);
  CHECK(back.ids == r.ids);
  REQUIRE(back.log_probs.size() == r.log_probs.size());
  CHECK(std::memcmp(back.log_probs.data(), r.log_probs.data(), r.log_probs.size() * sizeof(float)) == 0);
  CHECK(back.reward.total == 1.1);
  CHECK(back.reward.parts == r.reward.parts);
  CHECK(back.advantage == 0.25);
  CHECK_FALSE(back.truncated);
  CHECK(back.judged);
  r.judged = false;
  CHECK_FALSE(rollout(to_line(r)).judged);
}

TEST_CASE("log-probabilities are written with the digits of a float, not of a double") {
  CHECK(to_line(example()).find("\"log_probs\":[-0.1,-1.5,-0.0]") != std::string::npos);
}

TEST_CASE("prompt, thinking and answer are fields of their own, on one line whatever they hold") {
  Rollout r = example();
  r.thinking = "a\nb\"</script>\xff";
  const std::string line = to_line(r);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(rollout(line).thinking == "a\nb\"</script>\xef\xbf\xbd");
}

TEST_CASE("steps are found by number, and one that is absent is named") {
  const TemporaryDirectory tmp;
  Run run = Run::create(tmp.path() / "run", {.verb = "rl", .version = "0"}, "");
  CHECK(rollout_steps(run.dir()).empty());
  for (const int64_t step : {10, 2, 1}) run.write_rollouts(step, std::vector<Rollout>(static_cast<size_t>(step)));
  CHECK(rollout_steps(run.dir()) == std::vector<int64_t>{1, 2, 10});
  CHECK(read_rollouts(run.dir(), 10).size() == 10);
  CHECK(error_of([&] { read_rollouts(run.dir(), 3); }).find("no rollouts of step 3") != std::string::npos);
}
