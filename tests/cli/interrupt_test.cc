// Ctrl-C and SIGTERM as a user sends them: the run ends in order, with its checkpoint and its page.
#include "millet/cli/interrupt.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/io/file.h"
#include "millet/report/run.h"
#include "tests/cli/shell.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;

namespace {

// Starts a job that would take long, signals it once it has done a step, and returns its exit code.
int stopped(const std::string& signal, const std::string& job, const std::filesystem::path& run) {
  const std::string metrics = (run / "metrics.jsonl").string();
  return shell(std::string(MILLET_PROGRAM) + " " + job + " --quiet --out '" + run.string() + "' 2>/dev/null & " +
               "for i in $(seq 600); do grep -qs '\"grad_norm\"' '" + metrics + "' && break; sleep 0.1; done; " +
               "kill -" + signal + " $!; wait $!")
      .code;
}

void check_page(const std::filesystem::path& run, const std::string& signal) {
  CHECK(report::read_run(run).state == "interrupted");
  REQUIRE(std::filesystem::exists(run / "report.html"));
  CHECK(io::read_file(run / "report.html").find("interrupted: " + signal) != std::string::npos);
}

}  // namespace

TEST_CASE("a run that is stopped leaves a checkpoint and a page that says so") {
  const TemporaryDirectory dir;
  const std::string recipe = std::string(MILLET_SOURCE_DIR) + "/recipes/demo.toml";
  CHECK(stopped("INT",
                "pretrain " + recipe +
                    " --set train.steps=100000 --set train.step_tokens=256 --set train.validate_every=0 "
                    "--set data.validation_problems=8",
                dir / "base") == 1);
  check_page(dir / "base", "SIGINT");
  CHECK(stopped("TERM",
                "rl " + recipe + " --set init='" + (dir / "base").string() +
                    "' --set rl.steps=100000 --set rl.prompts=2 --set rl.group=2 --set rl.max_new_tokens=8 "
                    "--set rl.evaluate_every=0 --set rl.grpo.skip_no_variance=false",
                dir / "rl") == 1);
  check_page(dir / "rl", "SIGTERM");
}
