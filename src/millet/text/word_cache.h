// What words became when they were met before: most of a text is a few thousand of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millet::text {

// Bounded: when it is full, it forgets everything. For one thread at a time.
class WordCache {
 public:
  static constexpr size_t kLongestWord = 128;  // bytes; longer ones seldom come twice

  // The ids of a word that was put, until the next put.
  std::optional<std::span<const int32_t>> find(std::string_view word) const;
  void put(std::string_view word, std::span<const int32_t> ids);

  size_t words() const { return words_; }

 private:
  static constexpr size_t kSlots = size_t{1} << 17;
  static constexpr size_t kMostWords = kSlots / 2;

  struct Slot {
    uint64_t hash = 0;
    uint32_t word = 0;  // its place in letters_
    uint32_t ids = 0;   // and in ids_
    uint16_t bytes = 0;
    uint16_t count = 0;
    bool used = false;
  };
  size_t slot_of(std::string_view word, uint64_t hash) const;

  std::vector<Slot> slots_;
  std::string letters_;
  std::vector<int32_t> ids_;
  size_t words_ = 0;
};

}  // namespace millet::text
