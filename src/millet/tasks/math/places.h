// Places in a text where an answer may stand: what extract.cc chooses from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millet/tasks/math/extract.h"

namespace millet::tasks::math {

struct Formula {
  size_t begin = 0, end = 0;  // its contents
  bool percent = false;       // a percent sign or word follows
  bool boxed = false;         // all from the first \boxed{ to the last brace
};

struct Found {
  enum class What : uint8_t { formulas, number, arithmetic, letter };
  What what = What::number;
  size_t begin = 0, end = 0;  // with the words around it
  size_t from = 0, to = 0;    // of a number, arithmetic or letter itself
  size_t decimal = 0;         // where a number's decimals begin; `to`: it has none
  bool percent = false;
  std::vector<Formula> formulas;
};

// Places of one priority, in the order of their rules.
struct Priority {
  std::vector<Found> found;
};

// From the surest to the least sure. The text is in characters, for lengths are counted so.
std::vector<Found> find_formulas(std::u32string_view text, int priority, const Language* language);  // find_formulas.cc
std::vector<Found> find_numbers(std::u32string_view text, int priority, const Language* language);   // find_numbers.cc
std::vector<Found> find_letters(std::u32string_view text, int priority, const Language* language, int choices,
                                std::u32string_view letters);

// The letter that a text chooses among the first so many of the alphabet, in capitals, by Math-Verify's rules for
// strings: an answer behind "answer", at the start, or as a word of its own. Nothing where it chooses none.
std::optional<char> option_letter(std::u32string_view text, int choices);  // option_letter.cc

// Shared by these: characters.cc
std::u32string characters(std::string_view utf8);  // what is no UTF-8 becomes U+FFFD
bool is_blank(char32_t c);
bool is_digit(char32_t c);
// Whether a word of small letters stands here, in letters of either case; its end.
bool word_at(std::u32string_view text, size_t at, std::u32string_view word);
// Every place where it stands.
std::vector<size_t> all_words(std::u32string_view text, std::u32string_view word);

}  // namespace millet::tasks::math
