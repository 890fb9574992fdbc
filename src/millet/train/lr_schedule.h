// The learning rate of each step.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "millet/core/fields.h"

namespace millet::train {

struct LrSchedule {
  double peak = 1e-3;
  std::string schedule = "v3";
  int64_t warmup = 100;         // steps
  double constant_until = 0.5;  // share of the steps
  double decay_until = 1.0;     // share of the steps
  double final_ratio = 0.05;    // of the peak

  void fields(Fields& f);
  // What bounds cannot say of one key alone. Error, with keys as they stand below `section`.
  void check(std::string_view section) const;
};

// Rate of step `step` ∈ [0, steps): linear warm-up to the peak; then
//   "v3"        constant until constant_until, cosine to final_ratio · peak at decay_until, constant after
//               (DeepSeek-V3 §4.2)
//   "cosine"    the same without the constant part
//   "linear"    as "v3", with a straight line instead of the cosine
//   "constant"  the peak
// Where the warm-up lasts beyond constant_until, the fall begins at its end and the rest of the schedule is squeezed
// into the steps that are left: however short a run is, the rate never jumps.
double learning_rate(const LrSchedule& lr, int64_t step, int64_t steps);

}  // namespace millet::train
