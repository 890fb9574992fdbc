#include "millet/eval/pass_at_k.h"

#include <doctest/doctest.h>

#include <bit>

#include "millet/core/error.h"

using namespace millet;
using millet::eval::pass_at_k;

TEST_CASE("pass@k is the share of all choices of k samples that hold a right one") {
  for (int n = 1; n <= 12; ++n) {
    for (int c = 0; c <= n; ++c) {
      for (int k = 1; k <= n; ++k) {
        int choices = 0, hits = 0;
        for (unsigned set = 0; set < 1U << n; ++set) {
          if (std::popcount(set) != k) continue;
          ++choices;
          hits += (set & ((1U << c) - 1)) != 0 ? 1 : 0;  // samples 0 … c − 1 are the right ones
        }
        REQUIRE(pass_at_k(n, c, k) == doctest::Approx(static_cast<double>(hits) / choices).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("pass@1 is the share of right samples, and many samples do not overflow") {
  CHECK(pass_at_k(16, 5, 1) == doctest::Approx(5.0 / 16));
  CHECK(pass_at_k(100000, 0, 50000) == 0);
  CHECK(pass_at_k(100000, 1, 50000) == doctest::Approx(0.5));
  CHECK(pass_at_k(100000, 50000, 99999) == 1);
}

TEST_CASE("impossible counts are refused") {
  CHECK_THROWS_AS(pass_at_k(4, 5, 1), Error);
  CHECK_THROWS_AS(pass_at_k(4, -1, 1), Error);
  CHECK_THROWS_WITH_AS(pass_at_k(4, 2, 5), doctest::Contains("k = 5 from 4 samples"), Error);
  CHECK_THROWS_AS(pass_at_k(4, 2, 0), Error);
}
