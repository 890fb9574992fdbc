// Places in a text where an answer may stand: what extract.cc chooses from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// A text in characters, for lengths are counted so, and what is asked of it over and over: looked for once.
class Searched {
 public:
  Searched(std::u32string text, const Language* language);

  std::u32string_view text() const { return text_; }
  const Language* language() const { return language_; }  // none: English
  // The first place from here on where no blank stands.
  size_t past_blanks(size_t at) const { return at < behind_.size() ? behind_[at] : at; }
  const std::vector<size_t>& answers() const { return answers_; }  // where the language's word for "answer" stands
  const std::vector<size_t>& final_answers() const { return final_answers_; }
  const std::vector<size_t>& final_answers_are() const { return final_answers_are_; }  // "final answer is"

 private:
  std::u32string text_;
  const Language* language_;
  std::vector<uint32_t> behind_;
  std::vector<size_t> answers_, final_answers_, final_answers_are_;
};

// What one place holds, place by place and none within the last. Of very many only the last are kept: extract.cc reads
// no more than these.
inline constexpr size_t kMaxFound = 1 << 10;

template <class Starts, class Read>
std::vector<Found> each(const Starts& starts, Read read) {
  std::vector<Found> out;
  size_t free = 0;
  for (const size_t start : starts) {
    if (start < free) continue;
    std::optional<Found> found = read(start);
    if (!found) continue;
    found->begin = start;
    free = std::max(found->end, start + 1);
    if (out.size() == 2 * kMaxFound) out.erase(out.begin(), out.begin() + kMaxFound);
    out.push_back(std::move(*found));
  }
  return out;
}

// From the surest to the least sure.
std::vector<Found> find_formulas(const Searched& searched, int priority);  // find_formulas.cc
std::vector<Found> find_numbers(const Searched& searched, int priority);   // find_numbers.cc
std::vector<Found> find_letters(const Searched& searched, int priority, int choices, std::u32string_view letters);

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
