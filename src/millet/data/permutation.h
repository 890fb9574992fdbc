// A keyed pseudo-random order of [0, size) that needs no memory: where the index-th visit goes.
#pragma once

#include <cstdint>

#include "millet/core/rng.h"

namespace millet::data {

// A bijection of [0, size) for each key. A balanced Feistel network of six rounds over the smallest even number of bits
// that holds size − 1 (Luby and Rackoff 1988), its round function Philox; what falls outside is sent through again.
// Requires index < size.
uint64_t permuted(uint64_t index, uint64_t size, RandomKey key);

}  // namespace millet::data
