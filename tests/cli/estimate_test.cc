// The estimate as a user meets it: before a job, instead of a job, and as a refusal.
#include "millet/cli/estimate.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "millet/io/json.h"
#include "tests/cli/shell.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;

static const std::string kPretrain = std::string(MILLET_PROGRAM) + " pretrain ";
static const std::string kShort =
    "recipes/demo.toml --set train.steps=2 --set train.step_tokens=320 --set data.validation_problems=8 ";

TEST_CASE("--dry-run says what a job needs and makes nothing; with --json as JSON on stdout") {
  const TemporaryDirectory dir;
  const std::string out = " --out " + (dir / "run").string();
  const Outcome text = shell(kPretrain + kShort + "--dry-run" + out + " 2>&1 >/dev/null");
  CHECK(text.code == 0);
  CHECK(text.output.starts_with("memory  at most "));
  CHECK(text.output.find("\ntime    about ") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(dir / "run"));

  const Outcome json = shell(kPretrain + kShort + "--dry-run --json --quiet" + out + " 2>/dev/null");
  const io::Json estimate = io::Json::parse(json.output);
  CHECK(estimate.at("bytes").as_int() > 20'000'000);
  CHECK(estimate.at("seconds").as_double() > 0);
  CHECK(estimate.at("phases").contains("validation"));
}

TEST_CASE("a model that is far too large is one clear message and exit code 2, before anything is allocated") {
  const TemporaryDirectory dir;
  const Outcome outcome =
      shell(kPretrain + "recipes/demo.toml --set model=deepseek-v3 --out " + (dir / "run").string() + " 2>&1");
  CHECK(outcome.code == 2);
  CHECK(outcome.output.starts_with("millet: this job needs up to 11.0 TB of memory"));
  CHECK(outcome.output.find("take a smaller model") != std::string::npos);
  CHECK(outcome.output.find('\n') == outcome.output.size() - 1);
  CHECK_FALSE(std::filesystem::exists(dir / "run"));
}

TEST_CASE("a step that is far too large names the key that makes it smaller") {
  const TemporaryDirectory dir;
  const Outcome outcome = shell(kPretrain + "recipes/demo.toml --set train.step_tokens=1000000000 --out " +
                                (dir / "run").string() + " 2>&1");
  CHECK(outcome.code == 2);
  CHECK(outcome.output.find("set train.micro_batch_tokens below 1000000000") != std::string::npos);
}

// The pre-flight is behind such a run: it has no time to be foretold.
TEST_CASE("a run of reinforcement learning that was interrupted is estimated and gone on with by the same command") {
  const TemporaryDirectory dir;
  const std::string base = (dir / "base").string(), run = (dir / "rl").string();
  REQUIRE(shell(kPretrain + kShort + "--set model=v3-tiny --quiet --out " + base + " 2>&1").code == 0);
  const std::string job = std::string(MILLET_PROGRAM) + " rl recipes/demo.toml --set init=" + base +
                          " --set rl.steps=2 --set rl.prompts=2 --set rl.group=2 --set rl.max_new_tokens=8"
                          " --set rl.preflight=2 --set rl.evaluate_problems=4 --set rl.checkpoint_every=1 --out " +
                          run;
  REQUIRE(shell(job + " --quiet 2>&1").code == 0);
  std::filesystem::remove_all(dir / "rl/checkpoint-2");
  const Outcome foretold = shell(job + " --dry-run 2>&1");
  CHECK(foretold.code == 0);
  CHECK(foretold.output.find("rollouts ") != std::string::npos);
  CHECK(foretold.output.find("pre-flight") == std::string::npos);
  const Outcome gone_on = shell(job + " 2>&1");
  CHECK(gone_on.code == 0);
  CHECK(gone_on.output.find("goes on from checkpoint-1") != std::string::npos);
  CHECK(std::filesystem::exists(dir / "rl/checkpoint-2"));
}
