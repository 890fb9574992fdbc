#include "millet/report/compare_page.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "millet/report/run.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using report::Run;

static void make(const std::filesystem::path& dir, double loss, const char* lr) {
  Run run = Run::create(dir, {.verb = "pretrain", .seed = 1}, std::string("[train.lr]\npeak = ") + lr + "\n");
  run.append(report::MetricsRow{.step = 1, .phase = "train", .values = {{"loss", loss}, {"odd", 1}}});
  run.append(report::MetricsRow{.step = 2, .phase = "train", .values = {{"loss", loss / 2}, {"odd", 2}}});
  run.finish();
}

TEST_CASE("several runs on one page: one chart a number, and where the recipes differ") {
  const TemporaryDirectory tmp;
  make(tmp / "fast", 3, "0.002");
  make(tmp / "slow", 4, "0.001");
  const std::filesystem::path dirs[] = {tmp / "fast", tmp / "slow"};
  const std::string page = report::compare_page(dirs);
  const auto has = [&](std::string_view part) { return page.find(part) != std::string::npos; };
  CHECK(has("<h1>fast, slow</h1>"));
  CHECK(has("train: loss"));
  CHECK(has("train: odd"));
  CHECK(has("1 more"));
  CHECK(has("train.lr.peak"));
  CHECK(has("0.002"));
  CHECK_THROWS_AS(report::compare_page(std::vector<std::filesystem::path>{tmp / "fast", tmp / "none"}), Error);
}

TEST_CASE("fractions are read as such, and an axis begins at 0 but for numbers that are read closely") {
  const TemporaryDirectory tmp;
  for (const char* name : {"a", "b"}) {
    Run run = Run::create(tmp / name, {.verb = "rl", .seed = 1}, "");
    for (const int step : {1, 2}) {
      run.append(report::MetricsRow{
          .step = step,
          .phase = "rl",
          .values = {{"accuracy", 0.5}, {"lr", 1e-4 + step * 1e-6}, {"reward", 3.0 + step}, {"odd", 0.0 - step}}});
    }
    run.finish();
  }
  const std::filesystem::path dirs[] = {tmp / "a", tmp / "b"};
  const std::string page = report::compare_page(dirs);
  const auto of = [&](const std::string& title) {
    const size_t at = page.find("<figcaption>rl: " + title);
    REQUIRE(at != std::string::npos);
    const size_t begin = page.find("{\"kind\"", at);
    return page.substr(begin, page.find("\"series\"", begin) - begin);
  };
  const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  CHECK(has(of("accuracy"), "\"unit\":\"fraction\",\"min\":0.0,"));
  CHECK(has(of("lr"), "\"unit\":\"number\",\"min\":0.0,"));
  CHECK(has(of("reward"), "\"min\":null"));
  CHECK(has(of("odd"), "\"min\":null"));
}

TEST_CASE("runs of one name are called by the directories above") {
  const TemporaryDirectory tmp;
  make(tmp / "a/rl", 3, "1");
  make(tmp / "b/rl", 3, "1");
  const std::filesystem::path dirs[] = {tmp / "a/rl", tmp / "b/rl"};
  const std::string page = report::compare_page(dirs);
  CHECK(page.find("<h1>a/rl, b/rl</h1>") != std::string::npos);
  CHECK(page.find("The recipes are the same.") != std::string::npos);
}
