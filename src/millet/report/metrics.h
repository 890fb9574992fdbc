// metrics.jsonl: the numbers of a run, one JSON object a step and phase.
//
//   {"step": 12, "phase": "rl", "reward": 0.71, "length": 31.4, "entropy": null}
//
// docs/run_directory.md lists the names that the pages know.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millet::report {

struct MetricsRow {
  // Optimizer steps done when the row was written: the first training step writes 1, what is measured before it 0.
  // So a checkpoint at step N belongs to all rows with step ≤ N.
  int64_t step = 0;
  std::string phase;                                   // "train", "validate", "rl", "eval", …
  std::vector<std::pair<std::string, double>> values;  // in the order of writing; not finite = null in the file

  // The value of that name, not-a-number where it is absent or null.
  double operator[](std::string_view name) const;
};

// One line, without its end. Names must be unique and neither "step" nor "phase".
std::string to_line(const MetricsRow& row);
// Throws Error for a line that is no such object. Values that are no numbers are passed over.
MetricsRow metrics_row(std::string_view line);

// All rows of a run directory in their order; empty where there are none yet. A torn last line is passed over; a broken
// one before it is an Error that names file and line.
std::vector<MetricsRow> read_metrics(const std::filesystem::path& run);

}  // namespace millet::report
