#include "millet/core/bounds.h"

#include <doctest/doctest.h>

#include <limits>

using namespace millet;

TEST_CASE("bounds hold what lies between them, ends included unless they are open, and nothing that is not finite") {
  CHECK(between(0, 1).hold(0));
  CHECK(between(0, 1).hold(1));
  CHECK_FALSE(between(0, 1).hold(1.0000001));
  CHECK_FALSE(above(0).hold(0));
  CHECK(above(0).hold(1e-300));
  CHECK_FALSE(Bounds{.least = 0, .most = 1, .below_most = true}.hold(1));
  CHECK(count_from(1).hold(1e9));
  CHECK_FALSE(count_from(1).hold(9.3e18));
  for (const double odd : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity()})
    CHECK_FALSE(Bounds{}.hold(odd));
}

TEST_CASE("bounds say in words what they hold") {
  CHECK(between(0, 1).text() == "between 0 and 1");
  CHECK(between(0.01, 100).text() == "between 0.01 and 100");
  CHECK(above(0).text() == "above 0");
  CHECK(at_least(2).text() == "at least 2");
  CHECK(count_from(2).text() == "between 2 and 1000000000");
  CHECK(Bounds{.least = 0, .most = 1, .below_most = true}.text() == "at least 0 and below 1");
  CHECK(Bounds{}.text() == "a finite number");
}
