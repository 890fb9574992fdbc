// What a step's numbers say about its recipe, for whoever watches: answers cut off, rewards that hardly differ, dynamic
// sampling that does not fill a step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millet/report/metrics.h"
#include "millet/rl/config.h"

namespace millet::rl {

class StepRemarks {
 public:
  explicit StepRemarks(const RlConfig& config) : config_(config) {}  // which must outlive it

  // A step's row of phase "rl", one after the other from the first; of a run that goes on, those before too.
  void add(const report::MetricsRow& row);

  const std::vector<std::string>& warnings() const { return warnings_; }  // of the last row
  // Why the run ends with the last row; empty: it goes on. So it is after three steps in a row all of whose draws were
  // wrong.
  const std::string& end() const { return end_; }

 private:
  const RlConfig& config_;
  std::vector<std::string> warnings_;
  std::string end_;
  int64_t fruitless_ = 0;  // steps in a row
};

}  // namespace millet::rl
