#include "millet/text/token_index.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "millet/core/error.h"

namespace millet::text {

TokenIndex::TokenIndex(size_t tokens)
    : slots_(std::bit_ceil(std::max<size_t>(2 * tokens + 2, 16))), mask_(slots_.size() - 1) {}

bool TokenIndex::add(std::span<const std::string> spellings, int32_t id) {
  constexpr size_t kMostSteps = 1000;
  const std::string& spelling = spellings[static_cast<size_t>(id)];
  const size_t hash = std::hash<std::string_view>()(spelling);
  const auto short_hash = static_cast<uint32_t>(hash >> 32);
  size_t at = hash & mask_;
  for (size_t steps = 0; slots_[at].id >= 0; at = (at + 1) & mask_) {
    if (slots_[at].hash == short_hash && spellings[static_cast<size_t>(slots_[at].id)] == spelling) return false;
    require(++steps < kMostSteps, "the tokens collide: '{}' is in the place of {} others", spelling, kMostSteps);
  }
  slots_[at] = {short_hash, id};
  return true;
}

int32_t TokenIndex::find(std::span<const std::string> spellings, std::string_view spelling) const {
  const size_t hash = std::hash<std::string_view>()(spelling);
  const auto short_hash = static_cast<uint32_t>(hash >> 32);
  for (size_t at = hash & mask_; slots_[at].id >= 0; at = (at + 1) & mask_) {
    if (slots_[at].hash == short_hash && spellings[static_cast<size_t>(slots_[at].id)] == spelling)
      return slots_[at].id;
  }
  return -1;
}

}  // namespace millet::text
