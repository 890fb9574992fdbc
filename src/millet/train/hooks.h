// What a loop lets others do without knowing them: cli fills these.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "millet/report/metrics.h"

namespace millet::train {

struct Hooks {
  std::function<void(const report::MetricsRow&)> on_step;      // after each optimizer step, with its row
  std::function<void(const report::MetricsRow&)> on_validate;  // after each validation
  std::function<void(int64_t step)> on_sample;                 // when samples of the model are due
  std::function<bool()> stop;  // asked between steps: true ends the loop with a checkpoint
};

}  // namespace millet::train
