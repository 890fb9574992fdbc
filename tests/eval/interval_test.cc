#include "millet/eval/interval.h"

#include <doctest/doctest.h>

using millet::eval::wilson;

// By statsmodels 0.14, proportion_confint(method="wilson").
TEST_CASE("the interval is Wilson's") {
  const auto close = [](double x) { return doctest::Approx(x).epsilon(1e-6); };
  CHECK(wilson(8, 10).low == close(0.4901625));
  CHECK(wilson(8, 10).high == close(0.9433178));
  CHECK(wilson(0, 512).low == 0);
  CHECK(wilson(0, 512).high == close(0.0074472));
  CHECK(wilson(512, 512).high == close(1));
  CHECK(wilson(0, 0).low == 0);
  CHECK(wilson(0, 0).high == 1);
}
