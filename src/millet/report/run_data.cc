#include "millet/report/run_data.h"

#include <algorithm>

#include "millet/io/file.h"
#include "millet/report/markup.h"
#include "millet/report/progress.h"

namespace millet::report {

bool RunData::has(std::string_view phase) const {
  return std::any_of(metrics.begin(), metrics.end(), [&](const MetricsRow& row) { return row.phase == phase; });
}

const Evaluation* RunData::evaluation(std::string_view name) const {
  for (const Evaluation& e : evaluations) {
    if (e.name == name) return &e;
  }
  return nullptr;
}

RunData read_run_data(const std::filesystem::path& dir) {
  RunData run{.dir = dir, .info = read_run(dir)};
  if (std::filesystem::exists(dir / "recipe.toml")) run.recipe = io::read_file(dir / "recipe.toml");
  run.metrics = read_metrics(dir);
  run.evaluations = read_evaluations(dir);
  return run;
}

std::string facts_html(const RunData& run) {
  Table facts{.words = true};
  facts.rows = {{"made by", "millet " + run.info.verb},
                {"state", run.info.reason.empty() ? run.info.state : run.info.state + ": " + run.info.reason},
                {"seed", std::to_string(run.info.seed)},
                {"started", run.info.started},
                {"time", duration(run.info.seconds)},
                {"version", run.info.version}};
  if (!run.info.machine.empty()) facts.rows.push_back({"machine", run.info.machine});
  return to_html(facts);
}

}  // namespace millet::report
