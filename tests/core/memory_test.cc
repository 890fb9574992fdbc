#include "millet/core/memory.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

using namespace millet;

TEST_CASE("memory that is touched becomes resident, and goes when it is given back") {
  constexpr int64_t kBytes = int64_t{64} << 20;
  const int64_t before = resident_memory();
  REQUIRE(before > 0);
  {
    const std::vector<char> touched(static_cast<std::size_t>(kBytes), 1);
    CHECK(touched.back() == 1);
    CHECK(resident_memory() >= before + kBytes * 9 / 10);
  }
  CHECK(resident_memory() < before + kBytes / 2);
}

TEST_CASE("the system has more free memory than this test needs, and less than a million gigabytes") {
  CHECK(available_memory() > (int64_t{1} << 20));
  CHECK(available_memory() < (int64_t{1} << 50));
}
