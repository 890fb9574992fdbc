#include "millet/data/permutation.h"

#include <bit>
#include <cassert>

namespace millet::data {

static uint64_t round_function(uint64_t half, uint32_t round, RandomKey key) {
  const auto words = philox(
      {static_cast<uint32_t>(half), round, static_cast<uint32_t>(key.stream), static_cast<uint32_t>(key.stream >> 32)},
      {static_cast<uint32_t>(key.key), static_cast<uint32_t>(key.key >> 32)});
  return words[0];
}

uint64_t permuted(uint64_t index, uint64_t size, RandomKey key) {
  assert(index < size);
  if (size <= 1) return index;
  const int half_bits = (std::bit_width(size - 1) + 1) / 2;
  const uint64_t mask = (uint64_t{1} << half_bits) - 1;
  // The domain is less than four times too large, so this takes fewer than four turns on average.
  do {
    uint64_t left = index >> half_bits;
    uint64_t right = index & mask;
    for (uint32_t round = 0; round < 6; ++round) {
      const uint64_t next = left ^ (round_function(right, round, key) & mask);
      left = right;
      right = next;
    }
    index = left << half_bits | right;
  } while (index >= size);
  return index;
}

}  // namespace millet::data
