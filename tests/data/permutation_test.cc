#include "millet/data/permutation.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace millet;
using namespace millet::data;

TEST_CASE("every index goes somewhere else, and everywhere is reached") {
  for (const uint64_t size : {1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 1000, 1024, 15684}) {
    for (uint64_t key = 0; key < 3; ++key) {
      std::vector<int> reached(size);
      for (uint64_t i = 0; i < size; ++i) reached.at(permuted(i, size, random_key(key, "test")))++;
      CAPTURE(size);
      CHECK(reached == std::vector<int>(size, 1));
    }
  }
}

TEST_CASE("orders of different keys are unlike each other and unlike counting") {
  // Of 1,000 places, two random orders agree in one on average; ten is less likely than one in a million.
  constexpr uint64_t kSize = 1000;
  for (uint64_t key = 0; key < 20; ++key) {
    int as_counted = 0;
    int as_next_key = 0;
    for (uint64_t i = 0; i < kSize; ++i) {
      const uint64_t place = permuted(i, kSize, random_key(key, "test"));
      as_counted += place == i ? 1 : 0;
      as_next_key += place == permuted(i, kSize, random_key(key + 1, "test")) ? 1 : 0;
    }
    CHECK(as_counted < 10);
    CHECK(as_next_key < 10);
  }
}

TEST_CASE("neighbours are not kept together") {
  // The correlation of place and index, and of places that follow one another: both 0 ± 0.01 over 10,000.
  constexpr uint64_t kSize = 10'000;
  double with_index = 0;
  double with_next = 0;
  auto centred = [](uint64_t i) { return (static_cast<double>(i) - (kSize - 1) / 2.0) / (kSize / std::sqrt(12.0)); };
  for (uint64_t i = 0; i + 1 < kSize; ++i) {
    const double place = centred(permuted(i, kSize, random_key(5, "test")));
    with_index += place * centred(i) / kSize;
    with_next += place * centred(permuted(i + 1, kSize, random_key(5, "test"))) / kSize;
  }
  CHECK(std::abs(with_index) < 0.05);
  CHECK(std::abs(with_next) < 0.05);
}

TEST_CASE("the order of a key is what it was when runs were first saved") {
  // A checkpoint holds an index and no order: another order would make a resumed run see some examples twice.
  std::vector<uint64_t> order;
  for (uint64_t i = 0; i < 10; ++i) order.push_back(permuted(i, 10, random_key(1, "test")));
  CHECK(order == std::vector<uint64_t>{7, 0, 2, 8, 3, 5, 4, 9, 6, 1});
}
