#include "millet/report/metrics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/report/run.h"
#include "tests/io/error_of.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::report;
namespace fs = std::filesystem;

TEST_CASE("metrics read back as written, with null for what is not finite") {
  const TemporaryDirectory tmp;
  Run run = Run::create(tmp.path() / "run", {.verb = "rl", .version = "0"}, "");
  run.append(MetricsRow{.step = 0, .phase = "validate", .values = {{"loss", 3.25}}});
  run.append(MetricsRow{.step = 1, .phase = "rl", .values = {{"reward", 0.1}, {"entropy", NAN}, {"ratio", INFINITY}}});
  CHECK(io::read_file(run.dir() / "metrics.jsonl") ==
        "{\"step\":0,\"phase\":\"validate\",\"loss\":3.25}\n"
        "{\"step\":1,\"phase\":\"rl\",\"reward\":0.1,\"entropy\":null,\"ratio\":null}\n");
  const auto rows = read_metrics(run.dir());
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].step == 1);
  CHECK(rows[1].phase == "rl");
  CHECK(rows[1]["reward"] == 0.1);
  CHECK(std::isnan(rows[1]["entropy"]));
  CHECK(std::isnan(rows[1]["absent"]));
}

TEST_CASE("a name given twice in one row is refused") {
  CHECK_THROWS_AS(to_line(MetricsRow{.step = 1, .phase = "rl", .values = {{"loss", 1}, {"loss", 2}}}), Error);
  CHECK_THROWS_AS(to_line(MetricsRow{.step = 1, .phase = "rl", .values = {{"step", 1}}}), Error);
}

TEST_CASE("a torn last line is passed over at every byte where it may be cut") {
  const TemporaryDirectory tmp;
  Run run = Run::create(tmp.path() / "run", {.verb = "rl", .version = "0"}, "");
  run.append(MetricsRow{.step = 1, .phase = "rl", .values = {{"reward", 0.5}}});
  run.append(MetricsRow{.step = 2, .phase = "rl", .values = {{"reward", 0.75}}});
  const fs::path file = run.dir() / "metrics.jsonl";
  const std::string whole = io::read_file(file);
  const size_t first = whole.find('\n') + 1;
  for (size_t bytes = first; bytes < whole.size(); ++bytes) {
    fs::resize_file(file, bytes);
    CAPTURE(bytes);
    CHECK(read_metrics(run.dir()).size() == 1);
    io::write_file_atomically(file, whole);
  }
  io::write_file_atomically(file, "{\"step\":1,\"pha\n" + whole);
  CHECK(error_of([&] { read_metrics(run.dir()); }).find("metrics.jsonl:1") != std::string::npos);
}
