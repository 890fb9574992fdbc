// A run directory read as a whole, for the pages.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "millet/report/evaluation.h"
#include "millet/report/metrics.h"
#include "millet/report/run.h"

namespace millet::report {

struct RunData {
  std::filesystem::path dir;
  RunInfo info;
  std::string recipe;
  std::vector<MetricsRow> metrics;
  std::vector<Evaluation> evaluations;

  bool has(std::string_view phase) const;                     // any row of it
  const Evaluation* evaluation(std::string_view name) const;  // null pointer: there is none
};

RunData read_run_data(const std::filesystem::path& dir);  // throws Error where it is no run

// What a run was made with, for the foot of a page: a row a fact.
std::string facts_html(const RunData& run);

}  // namespace millet::report
