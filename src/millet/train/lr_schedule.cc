#include "millet/train/lr_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "millet/core/error.h"

namespace millet::train {

void LrSchedule::fields(Fields& f) {
  f("peak", peak, "highest learning rate", above(0, 1000));
  f("schedule", schedule, "shape after the warm-up", {"v3", "cosine", "linear", "constant"});
  f("warmup", warmup, "steps of linear rise from 0 to the peak", count_from(0));
  f("constant_until", constant_until, "share of the steps after which the rate begins to fall", between(0, 1));
  f("decay_until", decay_until, "share of the steps at which it has fallen to final_ratio", between(0, 1));
  f("final_ratio", final_ratio, "last rate as a share of the peak", between(0, 1));
}

void LrSchedule::check(std::string_view section) const {
  require(constant_until <= decay_until,
          "{0}.constant_until is {1}, after {0}.decay_until ({2}): the rate falls between", section, constant_until,
          decay_until);
}

double learning_rate(const LrSchedule& lr, int64_t step, int64_t steps) {
  if (step < lr.warmup) return lr.peak * static_cast<double>(step + 1) / static_cast<double>(lr.warmup);
  if (lr.schedule == "constant") return lr.peak;
  const auto all = static_cast<double>(steps), warmup = static_cast<double>(lr.warmup);
  double begin = lr.schedule == "cosine" ? 0 : lr.constant_until * all;
  double end = lr.decay_until * all;
  if (warmup > begin) {  // what lies between begin and the last step goes, in proportion, behind the warm-up
    end = all - (all - end) * (all - warmup) / (all - begin);
    begin = warmup;
  }
  const auto at = static_cast<double>(step);
  if (at < begin) return lr.peak;
  const double done = end > begin ? std::clamp((at - begin) / (end - begin), 0.0, 1.0) : 1.0;
  const double left =
      lr.schedule == "v3" || lr.schedule == "cosine" ? 0.5 * (1 + std::cos(std::numbers::pi * done)) : 1 - done;
  return lr.peak * (lr.final_ratio + (1 - lr.final_ratio) * left);
}

}  // namespace millet::train
