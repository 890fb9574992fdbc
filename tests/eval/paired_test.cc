#include "millet/eval/paired.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::eval;

TEST_CASE("problems are counted by who was right") {
  const Paired r = paired("1100110", "1010111");
  CHECK(r.both == 3);
  CHECK(r.only_first == 1);
  CHECK(r.only_second == 2);
  CHECK(r.neither == 1);
  CHECK(r.p == 1.0);
  CHECK_THROWS_AS(paired("1", "10"), Error);
}

TEST_CASE("the probability is the exact two-sided one of a fair coin") {
  const auto p = [](int64_t first, int64_t second) {
    const auto a = static_cast<size_t>(first), b = static_cast<size_t>(second);
    return paired(std::string(a, '1') + std::string(b, '0'), std::string(a, '0') + std::string(b, '1')).p;
  };
  CHECK(p(0, 0) == 1);
  CHECK(p(1, 0) == 1);
  CHECK(p(0, 5) == doctest::Approx(2.0 / 32));
  CHECK(p(5, 0) == p(0, 5));
  CHECK(p(1, 9) == doctest::Approx(2.0 * (1 + 10) / 1024));
  CHECK(p(3, 3) == 1);
  CHECK(p(0, 1000) == doctest::Approx(2 * std::exp2(-1000.0)));
  CHECK(p(2000, 2000) == 1);
}
