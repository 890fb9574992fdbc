#include "millet/text/character_class.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/core/unicode.h"

using namespace millet;
using namespace millet::text;
using namespace millet::text::character_class;

TEST_CASE("every character has the classes that Unicode gives it") {
  const CharacterClasses classes;
  int wrong = 0;
  for (char32_t point = 0; point < 0x110000; ++point) {
    const char kind = unicode::general_category(point)[0];
    const bool right = (classes.of(point) & 31) == (kind == 'L'   ? kLetter
                                                    : kind == 'N' ? kNumber
                                                    : kind == 'M' ? kMark
                                                    : kind == 'P' ? kPunctuation
                                                    : kind == 'S' ? kSymbol
                                                                  : 0);
    const bool spaces = ((classes.of(point) & kSpace) != 0) == unicode::is_space(point);
    const bool breaks = ((classes.of(point) & kBreak) != 0) == (point == '\r' || point == '\n');
    wrong += right && spaces && breaks ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a character of one to four bytes is read where it stands") {
  const CharacterClasses classes;
  const std::string text = "a\u00e9\u4f60\U0001F600";
  auto check = [&](size_t at, char32_t point, uint32_t bytes, unsigned of) {
    const ClassedCharacter c = classes.at(text, at);
    CHECK(c.point == point);
    CHECK(c.bytes == bytes);
    CHECK(c.is(of));
  };
  check(0, 'a', 1, kLetter);
  check(1, U'\u00e9', 2, kLetter);
  check(3, U'\u4f60', 3, kLetter);
  check(6, U'\U0001F600', 4, kSymbol);
}
