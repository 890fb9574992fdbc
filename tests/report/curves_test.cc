#include "millet/report/curves.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace millet::report;

namespace {

std::vector<MetricsRow> rows(int experts) {
  std::vector<MetricsRow> out;
  for (int64_t step = 1; step <= 3; ++step) {
    MetricsRow row{
        .step = step, .phase = "train", .values = {{"loss", 3.0 - static_cast<double>(step)}, {"max_vio", 0.5}}};
    for (int e = 0; e < experts; ++e)
      row.values.emplace_back("expert_load/" + std::to_string(e), (e == 3 ? 2.0 : 1.0) / (experts + 1));
    out.push_back(row);
    out.push_back({.step = step, .phase = "validate", .values = {{"loss", step == 2 ? std::nan("") : 4.0}}});
  }
  return out;
}

}  // namespace

TEST_CASE("a curve takes one name of one phase and leaves out what is not known") {
  const auto points = curve(rows(0), "validate", "loss");
  REQUIRE(points.size() == 2);
  CHECK(points[1].x == 3);
  CHECK(points[1].y == 4);
  CHECK(curve(rows(0), "rl", "loss").empty());
}

TEST_CASE("last and sum are those of the known values") {
  CHECK(last(rows(0), "train", "loss") == 0);
  CHECK(sum(rows(0), "train", "loss") == 3);
  CHECK(std::isnan(last(rows(0), "train", "absent")));
  CHECK(sum(rows(0), "train", "absent") == 0);
}

TEST_CASE("few experts are stacked to one, many are shown by the most and the least loaded") {
  const Chart few = expert_load_chart(rows(8), "train");
  CHECK(few.kind == Chart::Kind::area);
  REQUIRE(few.series.size() == 8);
  double total = 0;
  for (const Series& s : few.series) total += s.points[0].y;
  CHECK(total == doctest::Approx(1));
  const Chart many = expert_load_chart(rows(64), "train");
  REQUIRE(many.series.size() == 2);
  CHECK(many.series[0].points[2].y == doctest::Approx(2.0 / 65));
  CHECK(many.series[1].points[2].y == doctest::Approx(1.0 / 65));
  CHECK(to_html(expert_load_chart(rows(0), "train")).empty());
}
