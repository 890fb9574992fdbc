#include "millet/rl/reference.h"

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "tests/rl/rl_job.h"

using namespace millet;
using namespace millet::tests;

static std::vector<double> column(const std::filesystem::path& run, const std::string& name) {
  std::vector<double> all;
  for (const auto& row : report::read_metrics(run)) {
    if (row.phase == "rl") all.push_back(row[name]);
  }
  return all;
}

static rl::RlConfig renewing() {
  rl::RlConfig config = small_rl();
  config.steps = 5;
  config.grpo.kl_beta = 0.1;
  config.grpo.reference_every = 2;
  return config;
}

TEST_CASE("every n steps the policy becomes the reference: the KL of the next step is zero again") {
  const Folder folder("rl-renew");
  Trained job(folder);
  const auto reference = copy_of(job);
  reinforce(job, renewing(), folder / "rl", 1, 0, &reference->model);
  const std::vector<double> kl = column(folder / "rl", "kl");
  REQUIRE(kl.size() == 5);
  CHECK(kl[0] == 0);
  CHECK(kl[1] > 0);
  CHECK(kl[2] == 0);
  CHECK(kl[3] > 0);
  CHECK(kl[4] == 0);
}

TEST_CASE("a run with a renewed reference goes on bit for bit, from before and after the renewal") {
  const Folder folder("rl-renew-resume");
  Trained job(folder);
  const auto whole = copy_of(job), first_reference = copy_of(job);
  reinforce(*whole, renewing(), folder / "whole", 1, 0, &first_reference->model);
  const auto want = whole->weights();
  for (const int64_t stop_at : {1, 2, 3}) {
    const auto dir = folder / ("stopped-" + std::to_string(stop_at));
    {
      const auto first = copy_of(job), reference = copy_of(job);
      CHECK(reinforce(*first, renewing(), dir, 2, stop_at, &reference->model) == train::Ended::stopped);
    }
    const auto second = copy_of(job), reference = copy_of(job);
    CHECK(reinforce(*second, renewing(), dir, 1, 0, &reference->model) == train::Ended::finished);
    const auto got = second->weights();
    CHECK(std::memcmp(got.data(), want.data(), want.size() * sizeof(float)) == 0);
    CHECK(numbers(dir) == numbers(folder / "whole"));
  }
  std::filesystem::remove_all(folder / "stopped-3/reference-4");
  const auto again = copy_of(job), reference = copy_of(job);
  CHECK_THROWS_WITH_AS(reinforce(*again, renewing(), folder / "stopped-3", 1, 0, &reference->model),
                       doctest::Contains("reference-4 is gone"), Error);
}

TEST_CASE("references that no kept checkpoint needs are removed") {
  const Folder folder("rl-renew-stale");
  Trained job(folder);
  const auto reference = copy_of(job);
  rl::RlConfig config = renewing();
  config.steps = 8;
  config.keep_checkpoints = 2;
  config.evaluate_every = 0;
  reinforce(job, config, folder / "rl", 1, 0, &reference->model);
  CHECK_FALSE(std::filesystem::exists(folder / "rl/reference-4"));
  CHECK(std::filesystem::exists(folder / "rl/reference-6"));
  CHECK(std::filesystem::exists(folder / "rl/reference-8"));
}

TEST_CASE("when a run ends or stops, each reference that is left belongs to a checkpoint") {
  const Folder folder("rl-renew-end");
  Trained job(folder);
  rl::RlConfig config = renewing();
  config.steps = 7;
  config.checkpoint_every = 3;
  config.keep_checkpoints = 1;
  config.evaluate_every = 0;
  const auto references = [&](int64_t stop_at) {
    const auto again = copy_of(job), reference = copy_of(job);
    const auto dir = folder / ("rl-" + std::to_string(stop_at));
    reinforce(*again, config, dir, 1, stop_at, &reference->model);
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("reference-")) names.push_back(name);
    }
    return names;
  };
  CHECK(references(0) == std::vector<std::string>{"reference-6"});
  CHECK(references(5) == std::vector<std::string>{"reference-4"});
}

TEST_CASE("a checkpoint that is kept for good keeps its reference, and the run goes on from it") {
  const Folder folder("rl-renew-kept");
  Trained job(folder);
  rl::RlConfig config = renewing();
  config.steps = 8;
  config.keep_checkpoints = 1;
  config.keep_every = 3;
  config.evaluate_every = 0;
  const std::filesystem::path dir = folder / "rl";
  const auto whole = copy_of(job), first = copy_of(job);
  reinforce(*whole, config, dir, 1, 0, &first->model);
  CHECK(train::checkpoint_steps(dir) == std::vector<int64_t>{8, 6, 3});
  CHECK(std::filesystem::exists(dir / "reference-2"));  // of checkpoint-3
  CHECK_FALSE(std::filesystem::exists(dir / "reference-4"));
  CHECK(std::filesystem::exists(dir / "reference-6"));
  for (const int64_t step : {8, 6}) std::filesystem::remove_all(dir / ("checkpoint-" + std::to_string(step)));
  const auto again = copy_of(job), reference = copy_of(job);
  CHECK(reinforce(*again, config, dir, 1, 0, &reference->model) == train::Ended::finished);
  CHECK(again->weights() == whole->weights());
}

TEST_CASE("KL in the reward is taken from each answer's reward, and is a part of it") {
  const Folder folder("rl-kl-reward");
  Trained job(folder);
  const auto reference = copy_of(job);
  rl::RlConfig config = small_rl();
  config.grpo.kl_beta = 0.5;
  config.grpo.kl_estimator = "k1";
  config.grpo.kl_in = "reward";
  reinforce(job, config, folder / "rl", 1, 0, &reference->model);
  const std::vector<double> kl = column(folder / "rl", "kl");
  CHECK(kl.front() == 0);
  const auto rollouts = report::read_rollouts(folder / "rl", 3);
  double lost = 0, tokens = 0;
  for (const report::Rollout& r : rollouts) {
    REQUIRE(r.reward.parts.size() == 3);
    CHECK(r.reward.parts[2].first == "kl");
    double sum = 0;
    for (const auto& [name, value] : r.reward.parts) sum += value;
    CHECK(r.reward.total == doctest::Approx(sum));
    lost -= r.reward.parts[2].second;
    tokens += static_cast<double>(r.ids.size());
  }
  CHECK(lost != 0);
  CHECK(kl[2] == doctest::Approx(lost / 0.5 / tokens));
}

TEST_CASE("a run does not go on with another first reference than it began with") {
  const Folder folder("rl-other-reference");
  Trained job(folder);
  rl::RlConfig config = renewing();
  config.grpo.reference_every = 4;
  const auto go_on = [&](int64_t stop_at, float moved) {
    const auto again = copy_of(job), reference = copy_of(job);
    const nn::Parameter& weight = reference->parameters.at("model.norm.weight");
    std::vector<float> values = to_host<float>(*reference->device, weight.value);
    values.back() += moved;
    from_host(*reference->device, values, weight.value);
    return reinforce(*again, config, folder / "rl", 1, stop_at, &reference->model);
  };
  CHECK(go_on(2, 0) == train::Ended::stopped);
  CHECK_THROWS_WITH_AS(go_on(0, 0x1p-20F),
                       doctest::Contains("checkpoint-2 was held to another reference than init gives now"), Error);
  CHECK(go_on(4, 0) == train::Ended::stopped);
  CHECK(go_on(0, 0x1p-20F) == train::Ended::finished);  // reference-4 is in force, init no longer counts
}
