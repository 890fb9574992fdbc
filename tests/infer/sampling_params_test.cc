#include "millet/infer/sampling_params.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::infer;

TEST_CASE("the number behind a draw is below one and belongs to its place") {
  const RandomKey key = sampling_key({.seed = 3, .step = 9}, 12);
  float largest = 0;
  for (uint64_t i = 0; i < 200000; ++i) largest = std::max(largest, uniform_of_draw(key, i));
  CHECK(largest < 1.0F);
  CHECK(largest > 0.9999F);
  CHECK(static_cast<float>(0xFFFFFFFFU >> 8) * 0x1p-24F < 1.0F);
  CHECK(uniform_of_draw(key, 5) != uniform_of_draw(key, 6));
  CHECK(uniform_of_draw(key, 5) != uniform_of_draw(sampling_key({.seed = 3, .step = 9}, 13), 5));
}

TEST_CASE("parameters out of range are refused by name") {
  const auto fails = [](SamplingParams p, const char* text) {
    CHECK_THROWS_WITH_AS(p.check(), doctest::Contains(text), Error);
  };
  fails({.temperature = -0.1}, "temperature -0.1");
  fails({.temperature = std::numeric_limits<double>::infinity()}, "temperature inf");
  fails({.temperature = 1e-30}, "between 0.01 and 100");
  fails({.temperature = 101}, "temperature 101");
  fails({.top_p = 0}, "top_p 0");
  fails({.top_p = 1.5}, "top_p 1.5");
  fails({.top_k = -1}, "top_k -1");
  fails({.temperature = std::numeric_limits<double>::quiet_NaN()}, "temperature nan");
  for (const double temperature : {0.0, 0.01, 100.0}) SamplingParams{.temperature = temperature}.check();
}
