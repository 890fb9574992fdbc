#include "millet/report/curves.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace millet::report {

namespace {

// More than this many bands can't be told apart; the least and the most loaded are shown in their place.
constexpr size_t kBands = 16;

}  // namespace

std::vector<Point> curve(const std::vector<MetricsRow>& rows, std::string_view phase, std::string_view name) {
  std::vector<Point> points;
  for (const MetricsRow& row : rows) {
    if (row.phase != phase) continue;
    if (const double v = row[name]; std::isfinite(v)) points.push_back({static_cast<double>(row.step), v});
  }
  return points;
}

Unit unit_of(std::string_view name) {
  static constexpr std::string_view kFractions[] = {
      "accuracy",      "accuracy_low", "accuracy_high", "pass1", "format",  "truncated", "thinks",
      "zero_variance", "all_right",    "all_wrong",     "mixed", "clipped", "mfu"};
  if (name == "length") return Unit::tokens;
  const bool is_fraction =
      std::ranges::find(kFractions, name) != std::end(kFractions) || name.starts_with("expert_load/");
  return is_fraction ? Unit::fraction : Unit::number;
}

bool is_read_closely(std::string_view name) {
  const std::string_view kind = name.substr(0, name.find('/'));
  return kind == "loss" || kind == "bits_per_byte" || name == "reward" || name == "kl" || name == "largest_ratio";
}

Chart loss_chart(const std::vector<MetricsRow>& rows) {
  return {.title = "Loss",
          .note = "Mean −log probability of the tokens that are scored.",
          .x = "step",
          .y = "nats per token",
          .series = {{.name = "training", .role = Role::main, .soft = true, .points = curve(rows, "train", "loss")},
                     {.name = "validation", .role = Role::second, .points = curve(rows, "validate", "loss")}}};
}

Chart expert_load_chart(const std::vector<MetricsRow>& rows, std::string_view phase) {
  std::vector<Series> experts;
  for (size_t e = 0;; ++e) {
    std::vector<Point> points = curve(rows, phase, fmt::format("expert_load/{}", e));
    if (points.empty()) break;
    experts.push_back({.name = fmt::format("expert {}", e), .role = Role::shade, .points = std::move(points)});
  }
  Chart chart = {.title = "Load of the experts",
                 .note = "Share of rows that each expert gets, mean over the MoE layers.",
                 .x = "step",
                 .y = "share",
                 .unit = Unit::fraction};
  if (experts.size() <= kBands) {
    chart.kind = Chart::Kind::area;
    chart.min = 0;
    chart.max = 1;
    for (Series& s : experts) s.points = thinned(s.points, 150);
    chart.series = std::move(experts);
    return chart;
  }
  Series least = {.name = "least loaded", .role = Role::second, .points = {}};
  Series most = {.name = "most loaded", .role = Role::main, .points = {}};
  for (size_t i = 0; i < experts[0].points.size(); ++i) {
    Point low = experts[0].points[i], high = low;
    for (const Series& s : experts) {
      if (i >= s.points.size()) continue;
      low.y = std::min(low.y, s.points[i].y);
      high.y = std::max(high.y, s.points[i].y);
    }
    least.points.push_back(low);
    most.points.push_back(high);
  }
  chart.note = fmt::format("Share of rows of the most and the least loaded of {} experts; even would be {}.",
                           experts.size(), reading(1.0 / static_cast<double>(experts.size()), Unit::fraction));
  chart.series = {std::move(most), std::move(least)};
  return chart;
}

Chart max_vio_chart(const std::vector<MetricsRow>& rows, std::string_view phase) {
  return {.title = "MaxVio",
          .note = "Greatest load over mean load, less one; 0 is perfect balance.",
          .x = "step",
          .y = "",
          .min = 0,
          .series = {{.name = "MaxVio", .role = Role::main, .points = curve(rows, phase, "max_vio")}}};
}

double last(const std::vector<MetricsRow>& rows, std::string_view phase, std::string_view name) {
  const std::vector<Point> points = curve(rows, phase, name);
  return points.empty() ? kUnknown : points.back().y;
}

double sum(const std::vector<MetricsRow>& rows, std::string_view phase, std::string_view name) {
  double total = 0;
  for (const Point& p : curve(rows, phase, name)) total += p.y;
  return total;
}

}  // namespace millet::report
