#include "millet/core/rng.h"

#include <doctest/doctest.h>

using namespace millet;

TEST_CASE("philox gives the vectors of its paper's reference implementation") {
  // Random123's known answers for philox4x32-10.
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == std::array<uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        std::array<uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        std::array<uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a number depends on its key and position alone") {
  Rng a(7, "sample", 3, 4);
  Rng b(7, "sample", 3, 4);
  for (int i = 0; i < 10; ++i) a.bits();
  Rng late(random_key(7, "sample", 3, 4), 10);
  CHECK(a.bits() == late.bits());
  CHECK(b.bits() == Rng::bits_at(random_key(7, "sample", 3, 4), 0));
  CHECK(Rng(7, "sample", 3, 4).bits() != Rng(7, "sample", 4, 3).bits());
  CHECK(Rng(7, "sample").bits() != Rng(7, "init").bits());
}

TEST_CASE("below(n) reaches every value and none beyond") {
  Rng rng(1, "test");
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) seen.at(static_cast<size_t>(rng.below(7)))++;
  for (const int count : seen) CHECK(count > 800);
}

TEST_CASE("normal() has mean 0 and variance 1") {
  Rng rng(2, "test");
  double sum = 0, squares = 0;
  for (int i = 0; i < 20000; ++i) {
    const double x = rng.normal();
    sum += x;
    squares += x * x;
  }
  CHECK(sum / 20000 == doctest::Approx(0).scale(1).epsilon(0.03));
  CHECK(squares / 20000 == doctest::Approx(1).epsilon(0.03));
}
