// Ids of tokens by their spellings: a hash table that holds neither, for a list of spellings by id that stands beside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millet::text {

class TokenIndex {
 public:
  // Room for so many tokens.
  explicit TokenIndex(size_t tokens = 0);

  // Adds spellings[id]. False: the spelling is there already. Throws Error: spellings chosen so that they all fall on
  // one place.
  bool add(std::span<const std::string> spellings, int32_t id);

  // The id of a spelling, or −1. The list is that of add().
  int32_t find(std::span<const std::string> spellings, std::string_view spelling) const;

 private:
  struct Slot {
    uint32_t hash = 0;
    int32_t id = -1;  // −1: free
  };
  std::vector<Slot> slots_;
  size_t mask_;
};

}  // namespace millet::text
