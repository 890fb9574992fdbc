#include "millet/report/chart.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/io/json.h"

using namespace millet;
using namespace millet::report;

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

io::Json data_of(const std::string& html) {
  const std::string open = "<script type=\"application/json\">";
  const size_t begin = html.find(open) + open.size();
  return io::Json::parse(std::string_view(html).substr(begin, html.find("</script>", begin) - begin));
}

size_t count(std::string_view text, std::string_view part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("a chart holds its numbers twice: for the canvas and in a table beside it") {
  const std::string html =
      to_html(Chart{.title = "Accuracy",
                    .note = "of answers",
                    .x = "step",
                    .unit = Unit::fraction,
                    .max = 1,
                    .series = {{.name = "RL", .points = {{0, 0.109}, {40, 0.998}}},
                               {.name = "control", .role = Role::control, .points = {{40, 0.105}}}}});
  CHECK(contains(html, "<canvas role=\"img\" aria-label=\"Accuracy\">"));
  CHECK(contains(html, "<th scope=\"col\">step</th><th scope=\"col\">RL</th><th scope=\"col\">control</th>"));
  CHECK(contains(html, "<tr><td>0</td><td>10.9\u00a0%</td><td>–</td></tr>"));
  CHECK(contains(html, "<tr><td>40</td><td>99.8\u00a0%</td><td>10.5\u00a0%</td></tr>"));
  const io::Json data = data_of(html);
  CHECK(data.at("kind").as_string() == "lines");
  CHECK(data.at("unit").as_string() == "fraction");
  CHECK(data.at("min").as_double() == 0);
  CHECK(data.at("max").as_double() == 1);
  CHECK(data.at("series").at(0).at("points").at(1).at("y").as_double() == 0.998);
  CHECK(data.at("series").at(1).at("role").as_string() == "control");
}

TEST_CASE("an axis does not begin below 0 where the numbers do not") {
  const auto begin = [](Unit unit, const std::vector<Point>& points) {
    return data_of(to_html(Chart{.title = "x", .unit = unit, .series = {{.name = "a", .points = points}}}))
        .at("min")
        .dump();
  };
  CHECK(begin(Unit::fraction, {{1, 0.5}, {2, 0.51}}) == "0.0");
  CHECK(begin(Unit::fraction, {{1, 0.5}}) == "0.0");
  CHECK(begin(Unit::number, {{1, 0.003}, {2, 0.09}}) == "0.0");
  CHECK(begin(Unit::number, {{1, 0.7}}) == "0.0");  // of one value the axis would have a unit below it
  CHECK(begin(Unit::number, {{1, 3.1}, {2, 3.4}}) == "null");
  CHECK(begin(Unit::number, {{1, -0.1}, {2, 3}}) == "null");
  CHECK(begin(Unit::number, {{1, kUnknown}}) == "null");
}

TEST_CASE("series without points are left out, and a chart without any is nothing") {
  CHECK(to_html(Chart{.title = "x", .series = {{.name = "a", .points = {}}}}).empty());
  const std::string html =
      to_html(Chart{.title = "x", .series = {{.name = "a", .points = {}}, {.name = "b", .points = {{1, 2}}}}});
  CHECK(data_of(html).at("series").size() == 1);
}

TEST_CASE("names cannot break out of the figure or its data") {
  const std::string odd = "</script><b>\xff";
  const std::string html =
      to_html(Chart{.title = odd, .note = odd, .x = odd, .series = {{.name = odd, .points = {{1, 2}}}}});
  CHECK(count(html, "</script>") == 1);
  CHECK_FALSE(contains(html, "<b>"));
  CHECK(data_of(html).at("x").as_string() == "</script><b>\xef\xbf\xbd");
}

TEST_CASE("bars are drawn by label, and a value that is not known is a gap") {
  const std::string html = to_html(Chart{.kind = Chart::Kind::bars,
                                         .title = "x",
                                         .labels = {"4", "", "13"},
                                         .series = {{.name = "a", .points = {{0, 1}, {0, kUnknown}, {0, 0.5}}}}});
  const io::Json data = data_of(html);
  CHECK(data.at("labels").as_strings() == std::vector<std::string>{"4", "", "13"});
  CHECK(data.at("series").at(0).at("points").at(1).is_null());
  CHECK(contains(html, "<tr><td>13</td><td>0.5000</td></tr>"));
}

TEST_CASE("a long series is thinned to means that keep its last step and its mean") {
  std::vector<Point> points;
  double sum = 0;
  for (int i = 1; i <= 10000; ++i) {
    points.push_back({static_cast<double>(i), std::sin(i)});
    sum += std::sin(i);
  }
  const std::vector<Point> few = thinned(points, 400);
  REQUIRE(few.size() == 400);
  CHECK(few.back().x == 10000);
  double thin_sum = 0;
  for (const Point& p : few) thin_sum += p.y * 25;
  CHECK(thin_sum == doctest::Approx(sum));
  CHECK(thinned(points, 20000).size() == 10000);
  const std::string html = to_html(Chart{.title = "x", .series = {{.name = "a", .points = points}}});
  CHECK(data_of(html).at("series").at(0).at("points").size() == 400);
  CHECK(count(html, "<tr>") < 70);
  CHECK(contains(html, "<tr><td>10000</td>"));
}

TEST_CASE("a sparse series keeps all its values in the table of a long one") {
  std::vector<Point> dense, sparse;
  for (int i = 1; i <= 1000; ++i) dense.push_back({static_cast<double>(i), 1});
  for (int i = 1; i <= 9; ++i) sparse.push_back({i * 100.0 + 1, i * 1000.0});
  const std::string html =
      to_html(Chart{.title = "x", .series = {{.name = "a", .points = dense}, {.name = "b", .points = sparse}}});
  for (int i = 1; i <= 9; ++i) CHECK(contains(html, "<td>" + reading(i * 1000.0, Unit::number) + "</td>"));
}
