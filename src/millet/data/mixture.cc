#include "millet/data/mixture.h"

#include <cmath>

#include "millet/core/error.h"
#include "millet/data/permutation.h"

namespace millet::data {

Mixture::Mixture(std::vector<Part> parts, uint64_t seed) : parts_(std::move(parts)), seed_(seed) {
  double sum = 0;
  for (const Part& part : parts_) {
    require(std::isfinite(part.share) && part.share >= 0, "a share of the mixture is {}: it must be 0 or more",
            part.share);
    sum += part.share;
  }
  require(sum > 0, "the shares of the mixture sum to 0: at least one must be positive");
  double before = 0;
  for (const Part& part : parts_) {
    cumulative_.push_back(before / sum);
    before += part.share;
  }
  cumulative_.push_back(1);
}

// How many of the stream's first block · kBlock examples belong to the parts before this one.
uint64_t Mixture::begin_of(size_t part, uint64_t block) const {
  return static_cast<uint64_t>(std::floor(cumulative_[part] * static_cast<double>(block * kBlock)));
}

// A part's examples before a block number begin_of(part + 1) − begin_of(part); inside the block it has as many slots as
// that difference grows by, its slots following those of the parts before it.
Mixture::Place Mixture::place_of(uint64_t index) const {
  const uint64_t block = index / kBlock;
  uint64_t slot = permuted(index % kBlock, kBlock, random_key(seed_, "mixture", block));
  for (size_t part = 0;; ++part) {
    const uint64_t before = begin_of(part + 1, block) - begin_of(part, block);
    const uint64_t slots = begin_of(part + 1, block + 1) - begin_of(part, block + 1) - before;
    if (slot < slots) return {part, before + slot};
    slot -= slots;
  }
}

Example Mixture::at(uint64_t index) const {
  const Place place = place_of(index);
  return parts_[place.part].source->at(place.index);
}

uint64_t Mixture::fingerprint() const {
  uint64_t hash = Source::fingerprint();  // the order of parts and their shares
  for (const Part& part : parts_) hash = with(hash, part.source->fingerprint());
  return hash;
}

}  // namespace millet::data
