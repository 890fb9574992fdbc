#include "millet/plan/calibrate.h"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using namespace millet;

static void sleep_for(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

TEST_CASE("the first unit warms up and does not count where there is time for others") {
  int units = 0;
  const double seconds = plan::seconds_of([&] { sleep_for(++units == 1 ? 0.05 : 0.005); }, {.seconds = 0.15});
  CHECK(units > 3);
  CHECK(seconds >= 0.005);
  CHECK(seconds < 0.03);
}

TEST_CASE("a unit longer than the time is done once and counts") {
  int units = 0;
  const double seconds = plan::seconds_of(
      [&] {
        ++units;
        sleep_for(0.02);
      },
      {.seconds = 0.01});
  CHECK(units == 1);
  CHECK(seconds >= 0.02);
}

TEST_CASE("no more units are done than a short job is worth") {
  int units = 0;
  plan::seconds_of([&] { ++units; }, {.seconds = 1, .most = 3});
  CHECK(units == 3);
}
