#include "millet/text/merge_table.h"

#include <algorithm>
#include <bit>

#include "millet/core/error.h"

namespace millet::text {

// Three of four slots stay free at least half of the time, so that a pair that is not there is known at the first look.
MergeTable::MergeTable(size_t pairs)
    : slots_(std::bit_ceil(std::max<size_t>(2 * pairs + 2, 16))), mask_(slots_.size() - 1) {}

void MergeTable::put(int32_t left, int32_t right, Merge merge) {
  constexpr size_t kMostSteps = 1000;
  const uint64_t pair = key(left, right);
  size_t at = place(pair);
  for (size_t steps = 0; slots_[at].key != kFree && slots_[at].key != pair; at = (at + 1) & mask_) {
    require(++steps < kMostSteps, "the merges of the tokenizer collide: {} and {} are in the place of {} others", left,
            right, kMostSteps);
  }
  slots_[at] = {pair, merge};
}

std::vector<MergeTable::Pair> MergeTable::by_rank() const {
  std::vector<Pair> pairs;
  for (const Slot& slot : slots_) {
    if (slot.key == kFree) continue;
    pairs.push_back({static_cast<int32_t>(slot.key >> 32), static_cast<int32_t>(slot.key & 0xFFFFFFFF), slot.merge});
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.merge.rank < b.merge.rank; });
  return pairs;
}

}  // namespace millet::text
