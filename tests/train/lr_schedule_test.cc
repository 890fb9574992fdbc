#include "millet/train/lr_schedule.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "millet/core/error.h"

using namespace millet;
using train::learning_rate;
using train::LrSchedule;

TEST_CASE("the rate rises in a line, stays, and falls to its share of the peak") {
  const LrSchedule lr{
      .peak = 1, .schedule = "v3", .warmup = 10, .constant_until = 0.5, .decay_until = 0.9, .final_ratio = 0.1};
  CHECK(learning_rate(lr, 0, 100) == doctest::Approx(0.1));
  CHECK(learning_rate(lr, 9, 100) == doctest::Approx(1));
  CHECK(learning_rate(lr, 49, 100) == 1);
  CHECK(learning_rate(lr, 70, 100) == doctest::Approx(0.55));  // half of a cosine
  CHECK(learning_rate(lr, 90, 100) == doctest::Approx(0.1));
  CHECK(learning_rate(lr, 99, 100) == doctest::Approx(0.1));
}

TEST_CASE("linear falls in a line, constant not at all") {
  LrSchedule lr{.peak = 2, .schedule = "linear", .warmup = 0, .constant_until = 0, .decay_until = 1, .final_ratio = 0};
  CHECK(learning_rate(lr, 25, 100) == doctest::Approx(1.5));
  lr.schedule = "constant";
  CHECK(learning_rate(lr, 99, 100) == 2);
}

// A short run with the warm-up of a long one: at constant_until the rate fell from the peak to far below it in one
// step.
TEST_CASE("the rate never jumps, however long the warm-up is beside the run") {
  for (const char* schedule : {"v3", "linear"}) {
    for (const int64_t warmup : {0, 30, 50, 60, 79, 80, 81, 90, 97, 100, 150}) {
      for (const double decay_until : {0.8, 1.0}) {
        const LrSchedule lr{.peak = 1,
                            .schedule = schedule,
                            .warmup = warmup,
                            .constant_until = 0.5,
                            .decay_until = decay_until,
                            .final_ratio = 0.05};
        CAPTURE(std::string(schedule));
        CAPTURE(warmup);
        CAPTURE(decay_until);
        const double left = 100 - std::max<double>(50, static_cast<double>(warmup));
        const double fall = left * (decay_until == 1 ? 1 : 0.6);  // steps from the peak to the last rate
        for (int64_t step = std::max<int64_t>(warmup, 1); step < 100; ++step) {
          const double down = learning_rate(lr, step - 1, 100) - learning_rate(lr, step, 100);
          CHECK(down >= 0);
          CHECK(down <= 0.95 * 1.6 / fall);  // a cosine is at most π/2 times as steep as a line
        }
        if (warmup > 0 && warmup <= 97) CHECK(learning_rate(lr, warmup, 100) == 1);
        if (decay_until < 1 && warmup <= 97) CHECK(learning_rate(lr, 99, 100) == doctest::Approx(0.05).epsilon(0.3));
      }
    }
  }
}

TEST_CASE("a schedule that makes no sense is refused by its key") {
  CHECK_THROWS_WITH_AS(check_fields("train.lr", LrSchedule{.peak = 0}), doctest::Contains("train.lr.peak"), Error);
  CHECK_THROWS_WITH_AS((LrSchedule{.constant_until = 0.9, .decay_until = 0.5}.check("train.lr")),
                       doctest::Contains("train.lr.decay_until"), Error);
}
