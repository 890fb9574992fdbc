#include "millet/rl/algorithms/dynamic_sampling.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace millet::rl;

TEST_CASE("a group counts as mixed where 0 < right < G") {
  GroupCount count;
  CHECK(std::isnan(count.share(count.mixed)));
  CHECK_FALSE(count.add(0, 4));
  CHECK(count.add(1, 4));
  CHECK(count.add(3, 4));
  CHECK_FALSE(count.add(4, 4));
  CHECK_FALSE(count.add(0, 0));
  CHECK(count.mixed == 2);
  CHECK(count.all_right == 1);
  CHECK(count.all_wrong == 2);
  CHECK(count.groups() == 5);
  CHECK(count.share(count.mixed) == 0.4);
  CHECK(dynamic_sampling_formula(10).find("10 draws at most") != std::string::npos);
}
