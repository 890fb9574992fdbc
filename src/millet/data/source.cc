#include "millet/data/source.h"

#include <algorithm>
#include <span>

#include "millet/io/checksum.h"

namespace millet::data {

uint64_t Source::fingerprint() const {
  constexpr uint64_t kLookedAt = 16;
  uint64_t hash = 0;
  for (uint64_t i = 0; i < std::min(kLookedAt, size().value_or(kLookedAt)); ++i) {
    const Example e = at(i);
    hash = io::hash64(std::as_bytes(std::span(e.tokens)), hash);
    hash = io::hash64(std::as_bytes(std::span(e.scored)), hash);
  }
  return hash;
}

uint64_t Source::with(uint64_t fingerprint, uint64_t another) {
  return io::hash64(std::as_bytes(std::span(&another, 1)), fingerprint);
}

}  // namespace millet::data
