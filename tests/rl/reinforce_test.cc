#include "millet/rl/reinforce.h"

#include <fmt/core.h>

#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "millet/core/clock.h"
#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/report/progress.h"
#include "millet/tasks/file_task.h"
#include "millet/tasks/list.h"
#include "millet/tasks/split.h"
#include "tests/rl/rl_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("the importance ratio before the first update is exactly one, with MoE routing, in every step") {
  const Folder folder("rl-ratio");
  Trained job(folder);
  rl::RlConfig config = small_rl();
  config.grpo.skip_no_variance = false;
  config.temperature = 0.7;
  config.micro_batch_tokens = 100;
  reinforce(job, config, folder / "rl", 2);
  int64_t tokens = 0;
  for (const auto& row : report::read_metrics(folder / "rl")) {
    if (row.phase != "rl") continue;
    tokens += static_cast<int64_t>(row["ratio_tokens"]);
    CHECK(row["ratio_mismatches"] == 0);
    CHECK(row["largest_ratio"] == 1.0);
    double share = 0;
    for (int e = 0; e < 4; ++e) share += row["expert_load/" + std::to_string(e)];
    CHECK(share == doctest::Approx(1));
    CHECK(row["mfu"] > 0);
  }
  CHECK(tokens > 100);
}

TEST_CASE("the view shows the latest greedy accuracy and its step, also after going on") {
  const Folder folder("rl-greedy");
  Trained job(folder);
  rl::RlConfig config = small_rl();
  std::string shown;
  reinforce(job, config, folder / "rl", 1, 3, nullptr, &shown);
  const auto line_of = [&](int step) {
    const size_t at = shown.find(fmt::format("reinforcement learning {}/4", step));
    return at == std::string::npos ? "" : shown.substr(at, shown.find('\n', at) - at);
  };
  const auto greedy = [&](int64_t step) {
    for (const auto& row : report::read_metrics(folder / "rl")) {
      if (row.phase == "eval" && row.step == step)
        return fmt::format("greedy {} (step {})", report::reading(row["pass1"], report::Unit::fraction), step);
    }
    return std::string("no evaluation");
  };
  CAPTURE(shown);
  CHECK(line_of(2).find(greedy(0)) != std::string::npos);
  CHECK(line_of(3).find(greedy(2)) != std::string::npos);
  shown.clear();
  reinforce(job, config, folder / "rl", 1, 0, nullptr, &shown);
  CHECK(line_of(4).find(greedy(2)) != std::string::npos);
  CHECK(shown.find(greedy(4)) != std::string::npos);  // in the line that stays
}

TEST_CASE("reinforcement learning goes on bit for bit from any checkpoint, whatever the threads") {
  const Folder folder("rl-resume");
  Trained job(folder);
  const auto base = job.weights();
  auto fresh = [&] { return copy_of(job); };
  auto whole = fresh();
  reinforce(*whole, small_rl(), folder / "whole");
  const auto want = whole->weights();
  CHECK(want != base);
  for (const int64_t stop_at : {1, 3}) {
    auto first = fresh();
    const auto dir = folder / ("stopped-" + std::to_string(stop_at));
    CHECK(reinforce(*first, small_rl(), dir, 2, stop_at) == train::Ended::stopped);
    auto second = fresh();
    CHECK(reinforce(*second, small_rl(), dir, 1) == train::Ended::finished);
    const auto got = second->weights();
    CHECK(std::memcmp(got.data(), want.data(), want.size() * sizeof(float)) == 0);
    CHECK(numbers(dir) == numbers(folder / "whole"));  // what it cost, too
  }
}

TEST_CASE("the second prediction is frozen") {
  const Folder folder("rl-mtp");
  Trained job(folder);
  const auto before = to_host<float>(*job.device, job.parameters.at("model.layers.2.eh_proj.weight").value);
  reinforce(job, small_rl(), folder / "rl");
  CHECK(to_host<float>(*job.device, job.parameters.at("model.layers.2.eh_proj.weight").value) == before);
}

TEST_CASE("a reference is asked for where the objective has a KL term, and the first step's KL is zero") {
  const Folder folder("rl-kl");
  Trained job(folder);
  rl::RlConfig config = small_rl();
  config.grpo.kl_beta = 0.01;
  CHECK_THROWS_WITH_AS(reinforce(job, config, folder / "none"), doctest::Contains("kl_beta needs a reference"), Error);
  const auto reference = copy_of(job);
  reinforce(job, config, folder / "rl", 1, 0, &reference->model);
  std::vector<double> kl;
  for (const auto& row : report::read_metrics(folder / "rl")) {
    if (row.phase == "rl") kl.push_back(row["kl"]);
  }
  CHECK(kl.front() == 0);
  CHECK(kl.back() > 0);
}

TEST_CASE("more updates a step clip and move the ratio, the first is still exact") {
  const Folder folder("rl-minibatches");
  Trained job(folder);
  rl::RlConfig config = small_rl();
  config.minibatches = 3;
  config.epochs = 2;
  config.lr.peak = 1e-2;
  config.grpo.skip_no_variance = false;
  reinforce(job, config, folder / "rl");
  double largest = 1;
  for (const auto& row : report::read_metrics(folder / "rl")) {
    if (row.phase != "rl") continue;
    CHECK(row["ratio_mismatches"] == 0);
    largest = std::max(largest, row["largest_ratio"]);
  }
  CHECK(largest > 1.01);
}

TEST_CASE("the first update that runs is checked, also where there are more minibatches than answers") {
  const Folder folder("rl-empty");
  Trained job(folder);
  rl::RlConfig config = small_rl();
  config.minibatches = 20;
  config.grpo.skip_no_variance = false;
  reinforce(job, config, folder / "rl");
  for (const auto& row : report::read_metrics(folder / "rl")) {
    if (row.phase != "rl") continue;
    CHECK(row["ratio_tokens"] > 0);
    CHECK(row["ratio_mismatches"] == 0);
  }
}

TEST_CASE("rollouts keep ids, log-probabilities, rewards by part and advantages") {
  const Folder folder("rl-rollouts");
  Trained job(folder);
  reinforce(job, small_rl(), folder / "rl");
  const auto rollouts = report::read_rollouts(folder / "rl", 2);
  REQUIRE(rollouts.size() == 12);
  for (const auto& r : rollouts) {
    CHECK(r.ids.size() == r.log_probs.size());
    CHECK(r.reward.parts.size() == 2);
    CHECK(r.truncated == (r.ids.back() != *job.tokenizer.eos()));
    CHECK(tasks::split_of(r.problem) == tasks::Split::train);
  }
}

// Everything at once that may stand between two checkpoints.
static rl::RlConfig dapo_and_gspo() {
  rl::RlConfig config = small_rl();
  config.draws = 3;
  config.minibatches = 2;
  config.grpo.normalisation = "token";
  config.grpo.ratio = "sequence";
  config.grpo.clip_low = 3e-4;
  config.grpo.clip_high = 4e-4;
  config.reward.overlong = 1;
  config.reward.overlong_cache = 5;
  config.reward.repetition = 0.2;
  config.reward.kind = "random";  // so that some groups are mixed
  return config;
}

TEST_CASE("dynamic sampling, sequence ratios and penalties go on bit for bit") {
  const Folder folder("rl-dapo");
  Trained job(folder);
  const auto whole = copy_of(job);
  reinforce(*whole, dapo_and_gspo(), folder / "whole");
  const auto want = whole->weights();
  for (const int64_t stop_at : {1, 3}) {
    const auto dir = folder / ("stopped-" + std::to_string(stop_at));
    const auto first = copy_of(job), second = copy_of(job);
    CHECK(reinforce(*first, dapo_and_gspo(), dir, 2, stop_at) == train::Ended::stopped);
    CHECK(reinforce(*second, dapo_and_gspo(), dir, 1) == train::Ended::finished);
    const auto got = second->weights();
    CHECK(std::memcmp(got.data(), want.data(), want.size() * sizeof(float)) == 0);
    CHECK(numbers(dir) == numbers(folder / "whole"));
  }
  for (const auto& row : report::read_metrics(folder / "whole")) {
    if (row.phase != "rl") continue;
    CHECK(row["draws"] <= 3);
    CHECK(row["ratio_mismatches"] == 0);
    const auto rollouts = report::read_rollouts(folder / "whole", row.step);
    CHECK(static_cast<double>(rollouts.size()) == 4 * row["groups_drawn"]);
    const auto moved = std::count_if(rollouts.begin(), rollouts.end(), [](const auto& r) { return r.advantage != 0; });
    CHECK(static_cast<double>(moved) <= 4 * row["groups_trained"]);
  }
}

TEST_CASE("a run ends where dynamic sampling finds every answer wrong, with a checkpoint and the shares") {
  const Folder folder("rl-hopeless");
  Trained job(folder);
  rl::RlConfig config = small_rl();
  config.draws = 2;
  config.reward.kind = "random";
  config.reward.random_share = 0;
  CHECK_THROWS_WITH_AS(
      reinforce(job, config, folder / "rl"),
      doctest::Contains(
          "step 3: 2 draws gave 0 groups of 3 with right and wrong answers; of all 6 "
          "drawn 0 % were all right, 100 % all wrong, as in the steps before: there is nothing to learn from"),
      Error);
  CHECK(train::newest_checkpoint(folder / "rl", Log::silent())->filename() == "checkpoint-3");
  {  // whoever stops on the way comes to the same
    const auto other = copy_of(job);
    reinforce(*other, config, folder / "stopped", 1, 2);
    CHECK_THROWS_WITH_AS(reinforce(*other, config, folder / "stopped"), doctest::Contains("step 3: "), Error);
  }
  // Nothing is left to learn: that is no failure.
  SmallJob other;
  config.reward.random_share = 1;
  CHECK(reinforce(other, config, folder / "solved") == train::Ended::finished);
}

TEST_CASE("the pre-flight is told in log and metrics before the first step, once, and moves no bit of the training") {
  const Folder folder("rl-preflight");
  Trained job(folder);
  const auto with = copy_of(job), without = copy_of(job);
  rl::RlConfig config = small_rl();
  reinforce(*with, config, folder / "with", 1, 2);
  reinforce(*with, config, folder / "with");
  config.preflight = 0;
  reinforce(*without, config, folder / "without");
  CHECK(with->weights() == without->weights());
  int rows = 0;
  for (const auto& row : report::read_metrics(folder / "with")) rows += row.phase == "preflight" ? 1 : 0;
  CHECK(rows == 1);
  for (const auto& row : report::read_metrics(folder / "without")) CHECK(row.phase != "preflight");
}

TEST_CASE("answers that were not judged are counted step by step, told again when they doubled, and in the end") {
  const Folder folder("rl-unjudged");
  SmallJob job;
  train::PretrainConfig longer = small_training();
  longer.steps = 300;
  longer.validate_every = 0;
  job.pretrain(longer, folder / "base");
  rl::RlConfig config = small_rl();
  config.min = config.max = 0;
  config.steps = 8;
  config.group = 16;
  config.preflight = 0;
  config.evaluate_every = 0;
  const auto problems = folder / "sums.jsonl", test = folder / "test.jsonl";
  io::write_file_atomically(problems, "{\"question\": \"3+4-2=?\", \"answer\": 5}\n");
  io::write_file_atomically(test, "{\"question\": \"3+5-2=?\", \"answer\": 6}\n");
  // It judges its first answer, and none after that.
  const std::string asked = (folder / "asked").string();
  const auto task = tasks::make_file_task(
      {.problems = problems.string(),
       .test = test.string(),
       .verifier = "command",
       .command = {"sh", "-c",
                   "read -r line; [ -e '" + asked + "' ] && exit 1; : > '" + asked + "'; echo '{\"correct\": false}'"},
       .seconds = 20});
  for (const int64_t stop_at : {6, 0}) {
    CAPTURE(stop_at);
    const auto dir = folder / ("rl-" + std::to_string(stop_at));
    const int64_t before = task->unjudged();
    reinforce(*copy_of(job), config, dir, 1, stop_at, nullptr, nullptr, task.get());
    double counted = 0;
    for (const auto& row : report::read_metrics(dir)) {
      counted += row["checker_failures"];
      int64_t not_judged = 0;
      for (const report::Rollout& r : report::read_rollouts(dir, row.step)) not_judged += r.judged ? 0 : 1;
      CHECK(static_cast<double>(not_judged) == row["checker_failures"]);
    }
    REQUIRE(counted > 20);
    CHECK(counted == static_cast<double>(task->unjudged() - before));
    if (stop_at == 0) continue;
    std::vector<int64_t> told;
    std::istringstream log(io::read_file(dir / "log.txt"));
    for (std::string line; std::getline(log, line);) {
      const size_t at = line.find("warning: "), end = line.find(" answers could not be judged");
      if (end != std::string::npos) told.push_back(std::stoll(line.substr(at + 9, end - at - 9)));
    }
    REQUIRE(told.size() > 2);
    for (size_t i = 1; i + 1 < told.size(); ++i) CHECK(told[i] >= 2 * told[i - 1]);
    CHECK(static_cast<double>(told.back()) == counted);
  }
}

TEST_CASE("a run does not go on with other problems than it began with") {
  const Folder folder("rl-other-problems");
  Trained job(folder);
  rl::RlConfig config = small_rl();
  config.min = config.max = 0;
  config.preflight = 0;
  config.evaluate_problems = 1;
  const auto problems = folder / "sums.jsonl", test = folder / "test.jsonl";
  const auto write = [&](int answer, int test_answer) {
    io::write_file_atomically(problems, fmt::format("{{\"question\": \"3+4=?\", \"answer\": {}}}\n", answer));
    io::write_file_atomically(test, fmt::format("{{\"question\": \"3+5=?\", \"answer\": {}}}\n", test_answer));
  };
  const auto go_on = [&](int64_t stop_at) {
    const auto task = tasks::make_file_task({.problems = problems.string(), .test = test.string()});
    return reinforce(*copy_of(job), config, folder / "rl", 1, stop_at, nullptr, nullptr, task.get());
  };
  write(7, 8);
  CHECK(go_on(1) == train::Ended::stopped);
  for (const auto& [answer, test_answer] : {std::pair{8, 8}, std::pair{7, 9}}) {
    write(answer, test_answer);
    CHECK_THROWS_WITH_AS(
        go_on(0), doctest::Contains("checkpoint-1 was trained on other problems than the recipe gives now"), Error);
  }
  write(7, 8);
  CHECK(go_on(0) == train::Ended::finished);
  write(8, 8);
  CHECK(go_on(0) == train::Ended::finished);  // nothing is left to be done
}

TEST_CASE("held-out problems that leave too few positions are told at the first evaluation, once") {
  const Folder folder("rl-limited");
  Trained job(folder);
  rl::RlConfig config = small_rl();
  config.min = config.max = 0;
  config.preflight = 0;
  config.evaluate_every = 1;
  config.evaluate_problems = 3;
  const auto problems = folder / "sums.jsonl", test = folder / "test.jsonl";
  std::string long_one = "3";
  while (long_one.size() < 240) long_one += "+1";  // of 256 positions
  const std::string longer = long_one + std::string(20, '1') + "=?";
  io::write_file_atomically(problems, "{\"question\": \"3+4-2=?\", \"answer\": 5}\n");
  io::write_file_atomically(
      test, fmt::format("{{\"question\": \"3+5-2=?\", \"answer\": 6}}\n{{\"question\": \"{}=?\", \"answer\": 6}}\n"
                        "{{\"question\": \"{}\", \"answer\": 6}}\n",
                        long_one, longer));
  const auto task = tasks::make_file_task({.problems = problems.string(), .test = test.string()});
  reinforce(*copy_of(job), config, folder / "rl", 1, 0, nullptr, nullptr, task.get());
  const std::string log = io::read_file(folder / "rl/log.txt");
  const std::string told = "2 of 3 problems leave fewer than 24 of the model's positions";
  CHECK(log.find(told) != std::string::npos);
  CHECK(log.find("1 are too long to be asked") != std::string::npos);
  CHECK(log.find(told) == log.rfind(told));
}
