// Estimates against what runs then take: peak memory by the kernel's count, time by the run's own.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "millet/cli/estimate.h"
#include "millet/io/json.h"
#include "millet/report/run.h"
#include "tests/io/temporary_directory.h"

using namespace millet;

namespace {

using Words = std::vector<std::string>;

// Runs millet with stdout in a file; returns the most memory that it ever had resident.
int64_t peak_of(const Words& words, const std::filesystem::path& output) {
  Words all{MILLET_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> argv;
  for (std::string& w : all) argv.push_back(w.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, argv[0], &files, nullptr, argv.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&files);
  int status = 0;
  rusage usage{};
  REQUIRE(wait4(child, &status, 0, &usage) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  return usage.ru_maxrss * 1024;
}

Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

io::Json estimate_of(const Words& job, const TemporaryDirectory& dir) {
  peak_of(job + Words{"--dry-run", "--json"}, dir / "estimate.json");
  return io::read_json(dir / "estimate.json");
}

Words set(const Words& assignments) {
  Words words;
  for (const std::string& a : assignments) words = words + Words{"--set", a};
  return words;
}

const Words kDemo{"pretrain", "recipes/demo.toml"}, kShakespeare{"pretrain", "recipes/shakespeare.toml"};
const Words kTenMillion = kShakespeare + set({"model=bench/peers/ten_million.json", "data.context=256",
                                              "train.step_tokens=4096", "train.validate_tokens=4096"});

}  // namespace

TEST_CASE("peak memory of pre-training is below its estimate and above 87 % of it, whether it was calibrated or not") {
  const std::vector<std::pair<std::string, Words>> jobs = {
      {"demo", kDemo + set({"train.steps=3"})},
      {"shakespeare", kShakespeare + set({"train.steps=3"})},
      {"shakespeare, little of it validated", kShakespeare + set({"train.steps=3", "train.validate_tokens=1000"})},
      {"shakespeare with samples", kShakespeare + set({"train.steps=2", "train.sample_every=1"})},
      {"shakespeare in the smallest micro-batches",
       kShakespeare + set({"train.steps=3", "train.micro_batch_tokens=65", "train.validate_tokens=640"})},
      {"ten million, AdamW in micro-batches",
       kTenMillion + set({"train.steps=2", "train.optimizer.name=adamw", "train.micro_batch_tokens=1024"})},
      {"ten million, Muon", kTenMillion + set({"train.steps=1"})},
  };
  for (const auto& [name, job] : jobs) {
    const TemporaryDirectory dir(std::filesystem::temp_directory_path());
    const int64_t estimate = estimate_of(job, dir).at("bytes").as_int();
    const int64_t quiet = peak_of(job + Words{"--quiet", "--out", (dir / "quiet").string()}, dir / "out");
    const int64_t told = peak_of(job + Words{"--out", (dir / "told").string()}, dir / "out");
    MESSAGE(name, ": estimate ", estimate / 1000000, " MB, peak ", quiet / 1000000, " MB, with calibration ",
            told / 1000000, " MB");
    for (const int64_t peak : {quiet, told}) {
      CHECK(estimate >= peak);
      CHECK(static_cast<double>(estimate) <= 1.15 * static_cast<double>(peak));
    }
  }
}

TEST_CASE("peak memory and time of reinforcement learning are below their estimates") {
  const TemporaryDirectory dir(std::filesystem::temp_directory_path());
  peak_of(kDemo + set({"train.steps=1"}) + Words{"--quiet", "--out", (dir / "base").string()}, dir / "out");
  for (const std::string kl : {"0", "0.01"}) {
    const Words job =
        Words{"rl", "recipes/demo.toml"} + set({"init=" + (dir / "base").string(), "rl.steps=1",
                                                "rl.grpo.kl_beta=" + kl, "rl.grpo.skip_no_variance=false"});
    const io::Json said = estimate_of(job, dir);
    const int64_t estimate = said.at("bytes").as_int();
    const int64_t peak = peak_of(job + Words{"--out", (dir / ("rl" + kl)).string()}, dir / "out");
    MESSAGE("rl, kl_beta ", kl, ": estimate ", estimate / 1000000, " MB, peak ", peak / 1000000, " MB");
    CHECK(estimate >= peak);
    CHECK(static_cast<double>(estimate) <= 1.3 * static_cast<double>(peak));
    CHECK(said.at("upper_bound").as_bool());
    CHECK(report::read_run(dir / ("rl" + kl)).seconds < said.at("seconds").as_double());
  }
}

// Other work on the machine may come or go between the estimate and the run: the middle of up to five pairs counts.
TEST_CASE("the time of pre-training is within 30 % of its estimate") {
  for (const Words& job : {kDemo + set({"train.steps=60", "train.validate_every=30"}),
                           kShakespeare + set({"train.steps=60", "train.validate_tokens=20000"})}) {
    std::vector<double> ratios;
    double middle = 0;
    for (int pair = 0; pair < 5; ++pair) {
      const TemporaryDirectory dir(std::filesystem::temp_directory_path());
      const double estimate = estimate_of(job, dir).at("seconds").as_double();
      peak_of(job + Words{"--quiet", "--out", (dir / "run").string()}, dir / "out");
      const double seconds = report::read_run(dir / "run").seconds;
      ratios.push_back(estimate / seconds);
      MESSAGE(job[1], ": estimate ", estimate, " s, run ", seconds, " s");
      std::sort(ratios.begin(), ratios.end());
      middle = ratios[ratios.size() / 2];
      if (ratios.size() % 2 == 1 && ratios.size() >= 3 && middle > 0.7 && middle < 1.3) break;
    }
    CHECK(middle > 0.7);
    CHECK(middle < 1.3);
  }
}
