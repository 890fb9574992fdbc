// Which pairs of tokens merge, into what, and how early: a hash table that is filled once and asked for every pair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace millet::text {

class MergeTable {
 public:
  struct Merge {
    int32_t rank;  // lower ones come first
    int32_t id;    // of the token that the pair becomes
  };

  // Room for so many pairs.
  explicit MergeTable(size_t pairs = 0);

  // Ids are not negative. A pair that is there gets the new merge. Throws Error: pairs chosen so that they all fall on
  // one place, which no trained tokenizer's do.
  void put(int32_t left, int32_t right, Merge merge);

  const Merge* find(int32_t left, int32_t right) const {
    const uint64_t pair = key(left, right);
    for (size_t at = place(pair);; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.key == pair) return &slot.merge;
      if (slot.key == kFree) return nullptr;
    }
  }

  struct Pair {
    int32_t left;
    int32_t right;
    Merge merge;
  };
  std::vector<Pair> by_rank() const;

 private:
  static constexpr uint64_t kFree = ~uint64_t{0};
  struct Slot {
    uint64_t key = kFree;
    Merge merge{};
  };
  static uint64_t key(int32_t left, int32_t right) {
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  }
  size_t place(uint64_t pair) const {  // the finaliser of MurmurHash3
    pair = (pair ^ pair >> 33) * 0xff51afd7ed558ccd;
    pair = (pair ^ pair >> 33) * 0xc4ceb9fe1a85ec53;
    return (pair ^ pair >> 33) & mask_;
  }

  std::vector<Slot> slots_;
  size_t mask_;
};

}  // namespace millet::text
