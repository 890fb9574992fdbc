#include "millet/plan/calibrate.h"

#include "millet/core/clock.h"

namespace millet::plan {

double seconds_of(const std::function<void()>& unit, CalibrateOptions options) {
  const double began = seconds_now();
  unit();
  const double warm = seconds_now();
  const double first = warm - began;
  int64_t units = 0;
  double spent = 0;
  // Another unit only if it is likely to fit.
  while (first + spent + (units > 0 ? spent / static_cast<double>(units) : first) <= options.seconds &&
         units + 1 < options.most) {
    unit();
    ++units;
    spent = seconds_now() - warm;
  }
  return units > 0 ? spent / static_cast<double>(units) : first;
}

}  // namespace millet::plan
