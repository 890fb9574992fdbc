#include "millet/core/clock.h"

#include <doctest/doctest.h>

#include <thread>

using namespace millet;

TEST_CASE("seconds pass, and are seconds") {
  const double began = seconds_now();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double took = seconds_now() - began;
  CHECK(took >= 0.02);
  CHECK(took < 10);  // a busy machine
}
