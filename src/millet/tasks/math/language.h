// Words and signs by which an answer is found in a text, language by language, as lighteval has them.
#pragma once

#include <string_view>

namespace millet::tasks::math {

struct Language {
  std::string_view name;
  std::u32string_view answer;     // as in "answer: 5", in small letters
  std::u32string_view full_stop;  // besides .
  std::u32string_view comma;
  std::u32string_view colon;
  bool spaces = true;  // between sentences and words
  std::u32string_view and_word, or_word;
  std::u32string_view letters = {};  // of multiple choice, a blank between them, where they are not A, B, C, D
};

// "english" where the name is empty. Throws Error for one that is not known, naming the nearest.
const Language& language(std::string_view name);

}  // namespace millet::tasks::math
