#include "millet/plan/calibrate.h"

#include <chrono>

namespace millet::plan {

static double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double seconds_of(const std::function<void()>& unit, CalibrateOptions options) {
  const double began = now();
  unit();
  const double warm = now();
  const double first = warm - began;
  int64_t units = 0;
  double spent = 0;
  // Another unit only if it is likely to fit.
  while (first + spent + (units > 0 ? spent / static_cast<double>(units) : first) <= options.seconds &&
         units + 1 < options.most) {
    unit();
    ++units;
    spent = now() - warm;
  }
  return units > 0 ? spent / static_cast<double>(units) : first;
}

}  // namespace millet::plan
