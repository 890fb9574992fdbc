#include "millet/report/compare_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "millet/report/chart.h"
#include "millet/report/curves.h"
#include "millet/report/escape.h"
#include "millet/report/evaluation_page.h"
#include "millet/report/markup.h"
#include "millet/report/recipe_values.h"
#include "millet/report/run_data.h"

namespace millet::report {

namespace {

struct NamedRun {
  std::string name;
  RunData data;
};

// The last parts of the paths, as many as tell the runs apart: "rl", or "seed1/rl" and "seed2/rl".
std::vector<std::string> names_of(std::span<const std::filesystem::path> dirs) {
  std::vector<std::filesystem::path> above;
  std::vector<std::string> names;
  for (const auto& dir : dirs) {
    const std::filesystem::path whole = std::filesystem::weakly_canonical(dir);
    names.push_back(whole.filename().string());
    above.push_back(whole.parent_path());
  }
  constexpr int kMostParts = 8;
  for (int parts = 1; parts < kMostParts && std::set(names.begin(), names.end()).size() < names.size(); ++parts) {
    for (size_t i = 0; i < names.size(); ++i) {
      if (above[i].filename().empty()) continue;
      names[i] = above[i].filename().string() + "/" + names[i];
      above[i] = above[i].parent_path();
    }
  }
  return names;
}

Role role_of(size_t i) {
  static constexpr Role kRoles[] = {Role::main, Role::second, Role::third, Role::control};
  return i < std::size(kRoles) ? kRoles[i] : Role::faint;
}

// The numbers that are looked at first, by phase and name; the others are folded.
constexpr std::pair<const char*, const char*> kFirst[] = {
    {"validate", "loss"}, {"train", "loss"}, {"eval", "pass1"},      {"rl", "accuracy"}, {"rl", "reward"},
    {"rl", "length"},     {"rl", "entropy"}, {"train", "grad_norm"}, {"train", "lr"}};

Chart chart_of(const std::vector<NamedRun>& runs, const std::string& phase, const std::string& name) {
  Chart chart{.title = fmt::format("{}: {}", phase, name), .x = "step", .y = "", .unit = unit_of(name), .series = {}};
  for (size_t i = 0; i < runs.size(); ++i) {
    chart.series.push_back({.name = runs[i].name,
                            .role = role_of(i),
                            .dashed = i >= 5,
                            .points = curve(runs[i].data.metrics, phase, name)});
  }
  const double least = least_value(chart);
  if (!is_read_closely(name) && least >= 0) chart.min = 0;
  return chart;
}

std::string curves(const std::vector<NamedRun>& runs) {
  std::set<std::pair<std::string, std::string>> all;
  for (const NamedRun& run : runs) {
    for (const MetricsRow& row : run.data.metrics) {
      if (row.phase == "preflight") continue;  // a single row is no curve
      for (const auto& [name, value] : row.values) {
        const bool one_of_many = name.starts_with("expert_load/") || name.starts_with("max_vio/");
        if (std::isfinite(value) && !one_of_many) all.emplace(row.phase, name);
      }
    }
  }
  std::string first, more;
  for (const auto& [phase, name] : kFirst) {
    if (all.erase({phase, name}) > 0) first += to_html(chart_of(runs, phase, name));
  }
  for (const auto& [phase, name] : all) more += to_html(chart_of(runs, phase, name));
  std::string out = first.empty() ? "" : fmt::format("<div class=\"charts\">\n{}</div>\n", first);
  if (!more.empty())
    out += fold(fmt::format("{} more", all.size()), fmt::format("<div class=\"charts\">\n{}</div>\n", more));
  return out;
}

std::string evaluations(const std::vector<NamedRun>& runs) {
  std::vector<EvaluatedModel> models;
  for (const NamedRun& run : runs) models.push_back({run.name, run.data.evaluations});
  return evaluation_table(models);
}

// Keys whose values are not the same in all recipes.
std::string differences(const std::vector<NamedRun>& runs) {
  std::map<std::string, std::vector<std::string>> values;
  for (size_t i = 0; i < runs.size(); ++i) {
    for (const auto& [key, value] : recipe_values(runs[i].data.recipe)) {
      auto& row = values[key];
      row.resize(runs.size(), "–");
      row[i] = value;
    }
  }
  Table table{.head = {"key"}, .rows = {}, .strong = {}, .words = true};
  for (const NamedRun& run : runs) table.head.push_back(run.name);
  for (const auto& [key, row] : values) {
    if (std::all_of(row.begin(), row.end(), [&](const std::string& v) { return v == row[0]; })) continue;
    std::vector<std::string> cells{key};
    cells.insert(cells.end(), row.begin(), row.end());
    table.rows.push_back(std::move(cells));
  }
  return table.rows.empty() ? paragraph("The recipes are the same.") : to_html(table);
}

std::string overview(const std::vector<NamedRun>& runs) {
  Table table{.head = {"run", "verb", "seed", "state", "time"}};
  Table versions{.head = {"run", "version"}, .rows = {}, .strong = {}, .words = true};
  for (const NamedRun& run : runs) {
    const RunInfo& info = run.data.info;
    table.rows.push_back({run.name, info.verb, std::to_string(info.seed), info.state, duration(info.seconds)});
    versions.rows.push_back({run.name, info.version});
  }
  return to_html(table) + fold("versions", to_html(versions));
}

}  // namespace

std::string compare_page(std::span<const std::filesystem::path> dirs) {
  const std::vector<std::string> names = names_of(dirs);
  std::vector<NamedRun> runs;
  for (size_t i = 0; i < dirs.size(); ++i) runs.push_back({names[i], read_run_data(dirs[i])});
  std::string title;
  for (const std::string& name : names) title += (title.empty() ? "" : ", ") + name;
  return to_html(
      {.title = fmt::format("Millet: {}", title),
       .header_html =
           fmt::format("<p class=\"kicker\">Millet · {} runs</p>\n<h1>{}</h1>\n", runs.size(), escape_html(title)),
       .sections = {{"runs", "Runs", "Runs", overview(runs)},
                    {"curves", "Curves", "Curves", curves(runs)},
                    {"evaluations", "Evaluations", "Evaluations", evaluations(runs)},
                    {"recipes", "Recipes", "Where the recipes differ", differences(runs)}},
       .footer_html =
           R"(<p>Made from the files of these runs alone, by <code>millet report</code>. The page asks nothing
from outside. Charts by Chart.js (MIT).</p>
)"});
}

}  // namespace millet::report
