// TensorBoard's event files: `tensorboard --logdir runs` shows every number of metrics.jsonl while a run goes on.
// Format: TensorFlow's record files (length and data, each with a masked CRC-32C) of Event messages
// (tensorflow/core/util /event.proto), written by hand: four kinds of fields.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "millet/report/metrics.h"

namespace millet::report {

// One event as the bytes of a record.
std::string version_event(double wall_time);                         // begins a file
std::string start_event(double wall_time, int64_t step);             // what came from `step` on does not count
std::string metrics_event(double wall_time, const MetricsRow& row);  // tags "phase/name", values as f32

// Appends to an event file of its own, made with the first row: "events.out.tfevents.<seconds>.millet.<n>" in the run's
// directory, n counting the processes that went on with it.
class EventFile {
 public:
  explicit EventFile(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // The file begins by saying that all rows from this step on come anew.
  void begin_from(int64_t step) { from_ = step; }
  void append(const MetricsRow& row);

 private:
  std::filesystem::path directory_, file_;
  std::optional<int64_t> from_;
};

}  // namespace millet::report
