#include "millet/cli/ending.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/io/temporary_directory.h"

using namespace millet;

static report::Run small_run(const std::filesystem::path& dir) {
  report::Run run = report::Run::create(dir, {.verb = "pretrain", .version = "test", .machine = "test", .seed = 1}, "");
  run.append(report::MetricsRow{.step = 0});
  return run;
}

TEST_CASE("a job that ends leaves its page, and says by state and exit code whether it was stopped") {
  const TemporaryDirectory tmp;
  report::Run whole = small_run(tmp / "whole"), stopped = small_run(tmp / "stopped");
  report::View view({.manner = report::View::Manner::quiet});
  CHECK(cli::end_run(whole, view, train::Ended::finished) == 0);
  CHECK(cli::end_run(stopped, view, train::Ended::stopped) == 1);
  CHECK(report::read_run(tmp / "whole").state == "finished");
  CHECK(report::read_run(tmp / "stopped").state == "interrupted");
  CHECK(std::filesystem::exists(tmp / "whole" / "report.html"));
  CHECK(std::filesystem::exists(tmp / "stopped" / "report.html"));
}
