// Seeded damage to valid inputs: what fuzzing looks for, in every build and in the same order each time.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "millet/core/rng.h"

// A valid input after one to four accidents: bytes flipped, lost, doubled, moved, replaced by a word of the format.
inline std::string mutated(std::string text, const std::vector<std::string_view>& words, millet::Rng& rng) {
  const auto below = [&](size_t n) { return static_cast<size_t>(rng.below(static_cast<int64_t>(n))); };
  const auto accidents = 1 + below(4);
  for (size_t i = 0; i < accidents; ++i) {
    const size_t at = below(text.size() + 1);
    const size_t length = std::min(below(9), text.size() - at);
    switch (below(6)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        text.insert(at, text.substr(below(text.size() + 1), below(33)));
        break;
      case 4:
        text.replace(at, length, words[below(words.size())]);
        break;
      default:
        text.insert(at, 1, static_cast<char>(below(256)));
    }
  }
  return text;
}

// Calls check(input) for `rounds` mutations, each found again by the number in the message.
template <class Check>
void for_mutations(std::string_view name, int rounds, const std::vector<std::string>& valid,
                   const std::vector<std::string_view>& words, const Check& check) {
  for (const std::string& text : valid) check(text);
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    millet::Rng rng(1, name, static_cast<uint64_t>(round));
    const std::string input = mutated(valid[static_cast<size_t>(round) % valid.size()], words, rng);
    try {
      check(input);
    } catch (const std::exception& broken) {
      FAIL(broken.what());
    }
  }
}
