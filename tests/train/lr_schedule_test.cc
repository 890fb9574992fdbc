#include "millet/train/lr_schedule.h"

#include <doctest/doctest.h>

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

TEST_CASE("a schedule that makes no sense is refused by its key") {
  CHECK_THROWS_WITH_AS(check_fields("train.lr", LrSchedule{.peak = 0}), doctest::Contains("train.lr.peak"), Error);
  CHECK_THROWS_WITH_AS((LrSchedule{.constant_until = 0.9, .decay_until = 0.5}.check("train.lr")),
                       doctest::Contains("train.lr.decay_until"), Error);
}
