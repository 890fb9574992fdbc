#include "millet/text/word_cache.h"

#include <functional>

namespace millet::text {

// The slot that holds the word, or the free one where it belongs.
size_t WordCache::slot_of(std::string_view word, uint64_t hash) const {
  size_t at = hash & (kSlots - 1);
  for (;; at = (at + 1) & (kSlots - 1)) {
    const Slot& slot = slots_[at];
    if (!slot.used) return at;
    if (slot.hash == hash && std::string_view(letters_).substr(slot.word, slot.bytes) == word) return at;
  }
}

std::optional<std::span<const int32_t>> WordCache::find(std::string_view word) const {
  if (words_ == 0 || word.size() > kLongestWord) return std::nullopt;
  const Slot& slot = slots_[slot_of(word, std::hash<std::string_view>()(word))];
  if (!slot.used) return std::nullopt;
  return std::span(ids_).subspan(slot.ids, slot.count);
}

void WordCache::put(std::string_view word, std::span<const int32_t> ids) {
  if (word.size() > kLongestWord || ids.size() > kLongestWord) return;
  if (words_ == kMostWords) {
    slots_.clear();
    letters_.clear();
    ids_.clear();
    words_ = 0;
  }
  if (slots_.empty()) slots_.resize(kSlots);
  const uint64_t hash = std::hash<std::string_view>()(word);
  Slot& slot = slots_[slot_of(word, hash)];
  if (slot.used) return;
  slot = {.hash = hash,
          .word = static_cast<uint32_t>(letters_.size()),
          .ids = static_cast<uint32_t>(ids_.size()),
          .bytes = static_cast<uint16_t>(word.size()),
          .count = static_cast<uint16_t>(ids.size()),
          .used = true};
  letters_ += word;
  ids_.insert(ids_.end(), ids.begin(), ids.end());
  ++words_;
}

}  // namespace millet::text
