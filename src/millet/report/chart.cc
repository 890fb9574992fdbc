#include "millet/report/chart.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "millet/io/json.h"
#include "millet/report/escape.h"
#include "millet/report/markup.h"

namespace millet::report {

namespace {

constexpr size_t kDrawn = 400;  // points of a series: more than a screen can tell apart
constexpr size_t kListed = 60;  // rows of the table beside it

std::string_view name(Role role) {
  static constexpr std::string_view names[] = {"main", "second", "third", "control", "faint", "shade"};
  return names[static_cast<size_t>(role)];
}

std::string_view name(Chart::Kind kind) {
  static constexpr std::string_view names[] = {"lines", "area", "bars"};
  return names[static_cast<size_t>(kind)];
}

io::Json to_json(const Series& s, Chart::Kind kind) {
  io::Json points = io::Json::array();
  for (const Point& p : s.points) {
    if (kind == Chart::Kind::bars)
      points.append(json_number(p.y));
    else
      points.append(io::Json::object({{"x", json_number(p.x)}, {"y", json_number(p.y)}}));
  }
  return io::Json::object({{"name", well_formed(s.name)},
                           {"role", name(s.role)},
                           {"soft", s.soft},
                           {"dashed", s.dashed},
                           {"points", std::move(points)}});
}

// Least and greatest of all points that are finite; unknown where there is none.
std::pair<double, double> range_of(const Chart& c) {
  double low = kUnknown, high = kUnknown;
  for (const Series& s : c.series) {
    for (const Point& p : s.points) {
      if (!std::isfinite(p.y)) continue;
      low = std::isnan(low) ? p.y : std::min(low, p.y);
      high = std::isnan(high) ? p.y : std::max(high, p.y);
    }
  }
  return {low, high};
}

// Chart.js leaves room around the data, a whole unit where they are one value: below 0 where nothing can be below it.
double axis_begin(const Chart& c) {
  const auto [low, high] = range_of(c);
  if (!std::isnan(c.min) || c.kind != Chart::Kind::lines || !(low >= 0)) return c.min;
  constexpr double kRoom = 0.1;  // of the data's range; web/report.js takes less
  return c.unit == Unit::fraction || low <= kRoom * (high - low) || low == high ? 0 : c.min;
}

io::Json to_json(const Chart& c) {
  io::Json series = io::Json::array();
  for (const Series& s : c.series) series.append(to_json(s, c.kind));
  io::Json json = io::Json::object({{"kind", name(c.kind)},
                                    {"x", well_formed(c.x)},
                                    {"y", well_formed(c.y)},
                                    {"unit", c.unit == Unit::fraction ? "fraction" : "number"},
                                    {"min", json_number(axis_begin(c))},
                                    {"max", json_number(c.max)},
                                    {"sideways", c.sideways},
                                    {"series", std::move(series)}});
  if (c.kind == Chart::Kind::bars) {
    io::Json labels = io::Json::array();
    for (const std::string& label : c.labels) labels.append(well_formed(label));
    json["labels"] = std::move(labels);
  }
  return json;
}

std::string place(double x) {
  return x == std::floor(x) ? fmt::format("{:.0f}", x) : fmt::format("{:.4g}", x);
}

// The numbers of the chart: a row an x (or label), a column a series. Of many rows, every n-th and those in which a
// sparse series has a value.
Table numbers(const Chart& c) {
  Table table;
  table.head.push_back(c.x.empty() ? "" : c.x);
  for (const Series& s : c.series) table.head.push_back(s.name);
  std::map<double, std::vector<double>> rows;
  for (size_t i = 0; i < c.series.size(); ++i) {
    const std::vector<Point>& points = c.series[i].points;
    for (size_t j = 0; j < points.size(); ++j) {
      const double x = c.kind == Chart::Kind::bars ? static_cast<double>(j) : points[j].x;
      rows.try_emplace(x, c.series.size(), kUnknown).first->second[i] = points[j].y;
    }
  }
  const size_t stride = c.kind == Chart::Kind::bars ? 1 : (rows.size() + kListed - 1) / kListed;
  size_t index = 0;
  for (const auto& [x, values] : rows) {
    bool wanted = index % stride == 0 || index + 1 == rows.size();
    for (size_t i = 0; i < values.size(); ++i)
      wanted = wanted || (std::isfinite(values[i]) && c.series[i].points.size() <= kListed / 2);
    ++index;
    if (!wanted) continue;
    std::vector<std::string> row = {c.kind == Chart::Kind::bars ? c.labels.at(static_cast<size_t>(x)) : place(x)};
    for (const double v : values) row.push_back(figure(v, c.unit));
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

double least_value(const Chart& chart) {
  return range_of(chart).first;
}

std::vector<Point> thinned(const std::vector<Point>& points, size_t most) {
  if (points.size() <= most) return points;
  std::vector<Point> out;
  for (size_t i = 0; i < most; ++i) {
    const size_t begin = i * points.size() / most;
    const size_t end = (i + 1) * points.size() / most;
    double sum = 0;
    for (size_t j = begin; j < end; ++j) sum += points[j].y;
    out.push_back({points[end - 1].x, sum / static_cast<double>(end - begin)});
  }
  return out;
}

std::string to_html(Chart chart) {
  std::erase_if(chart.series, [](const Series& s) { return s.points.empty(); });
  if (chart.series.empty()) return "";
  const std::string table = to_html(numbers(chart));
  if (chart.kind != Chart::Kind::bars) {
    for (Series& s : chart.series) s.points = thinned(s.points, kDrawn);
  }
  const std::string note =
      chart.note.empty() ? "" : fmt::format("<span class=\"note\">{}</span>", escape_html(chart.note));
  const std::string title = escape_html(chart.title);
  return fmt::format(
      "<figure data-chart{}>\n<figcaption>{}{}</figcaption>\n"
      "<div class=\"box\"><canvas role=\"img\" aria-label=\"{}\"></canvas></div>\n"
      "<script type=\"application/json\">{}</script>\n"
      "<details class=\"numbers\"><summary>Numbers</summary>\n{}</details>\n</figure>\n",
      chart.wide ? " class=\"wide\"" : "", title, note, title, json_for_script(to_json(chart).dump()), table);
}

}  // namespace millet::report
