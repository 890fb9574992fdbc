// How long a part of a job takes on this machine: by doing it for about a second.
#pragma once

#include <functional>

namespace millet::plan {

struct CalibrateOptions {
  double seconds = 1;   // to spend, about; one unit is done in any case
  int64_t most = 1000;  // units, so that a short job's calibration stays short beside it
};

// Seconds of one unit: the mean of those that were done. Where several are, the first warms up (memory is touched, code
// is read) and does not count.
double seconds_of(const std::function<void()>& unit, CalibrateOptions options = {});

}  // namespace millet::plan
