#include "millet/core/unicode.h"

#include <doctest/doctest.h>

using namespace millet;

TEST_CASE("characters are decoded and encoded, and what is none has no length") {
  CHECK(unicode::decode("a€b", 1).point == U'€');
  CHECK(unicode::decode("a€b", 1).bytes == 3);
  CHECK(unicode::decode("\xff", 0).bytes == 0);
  CHECK(unicode::encode(U'é') == "\xC3\xA9");
  CHECK(unicode::encode(U'€') == "\xE2\x82\xAC");
  CHECK(unicode::encode(U'🌾') == "\xF0\x9F\x8C\xBE");
}

TEST_CASE("the kinds of characters are Unicode's") {
  CHECK(unicode::is_letter(U'é'));
  CHECK(unicode::is_letter(U'好'));
  CHECK_FALSE(unicode::is_letter(U'1'));
  CHECK(unicode::is_decimal(U'٣'));
  CHECK_FALSE(unicode::is_decimal(U'½'));
  CHECK(unicode::is_numeric(U'½'));
  CHECK(unicode::is_upper(U'Σ'));
  CHECK(unicode::is_lower(U'ß'));
  CHECK(unicode::is_title(U'ǅ'));
  CHECK(unicode::is_printable(U'🌾'));
  CHECK_FALSE(unicode::is_printable(U'\u200b'));
  CHECK_FALSE(unicode::is_printable(U'\u00a0'));
  for (const char32_t c : {U'\u0007', U'\u0085', U'\u202e', U'\u2028'}) CHECK(unicode::is_control(c));
  for (const char32_t c : {U'a', U'你', U'1', U'_', U'\u0301', U'ⓐ', U'\u200d'}) CHECK(unicode::is_word(c));
  for (const char32_t c : {U' ', U'-', U'½', U'😀'}) CHECK_FALSE(unicode::is_word(c));
  for (const char32_t c : {U' ', U'\n', U'\u0085', U'\u00a0', U'\u3000'}) CHECK(unicode::is_space(c));
  for (const char32_t c : {U'a', U'\u200b', U'\ufeff'}) CHECK_FALSE(unicode::is_space(c));
}

TEST_CASE("the other case of a character can be longer than one") {
  CHECK(unicode::to_upper(U'ß') == U"SS");
  CHECK(unicode::to_title(U'ﬁ') == U"Fi");
  CHECK(unicode::to_lower(U'İ') == U"i\u0307");
  CHECK(unicode::to_upper(U'é') == U"É");
  CHECK(unicode::fold_case(U'ß') == U"ss");
  CHECK(unicode::fold_case(U'好') == U"好");
}

TEST_CASE("characters of the East are two columns wide") {
  CHECK(unicode::terminal_width(U'好') == 2);
  CHECK(unicode::terminal_width(U'a') == 1);
}

TEST_CASE("white space of any alphabet and byte order marks go from the ends, and nothing else") {
  CHECK(unicode::trimmed("\xEF\xBB\xBF \xE3\x80\x80"
                         "a b\xC2\xA0\n") == "a b");
  CHECK(unicode::trimmed("\xFF ") == "\xFF");
  CHECK(unicode::trimmed(" \xE3\x80\x80").empty());
  CHECK(unicode::trimmed("").empty());
}
