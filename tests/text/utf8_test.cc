#include "millet/text/utf8.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/core/unicode.h"
#include "millet/io/utf8.h"

using namespace millet;
using namespace millet::text;

TEST_CASE("every code point is spelled and read again") {
  for (char32_t c = 0; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 61) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string spelled = unicode::encode(c);
    const Utf8Character read = utf8_at(spelled, 0);
    CHECK((read.valid && read.point == c && read.bytes == spelled.size()));
  }
}

TEST_CASE("the character before a place is found, and of broken bytes no more than four") {
  CHECK(character_before("a\xE2\x82\xAC", 4) == 1);
  CHECK(character_before("a\xE2\x82\xAC", 1) == 0);
  CHECK(character_before("\x80\x80\x80\x80\x80\x80", 6) == 2);
}

TEST_CASE("invalid bytes become one U+FFFD for each maximal subpart") {
  // The table of Unicode 15, §3.9 (U+FFFD substitution of maximal subparts), and its first rows spelled out.
  const std::string r(kReplacement);
  CHECK(replace_invalid_utf8("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64") ==
        "a" + r + r + r + "b" + r + "c" + r + r + "d");
  CHECK(replace_invalid_utf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") == r + r + r + r + r + r + r + r + "A");
  CHECK(replace_invalid_utf8("\xED\xA0\x80") == r + r + r);                            // a surrogate
  CHECK(replace_invalid_utf8("\xF4\x91\x92\x93\xFF\x41") == r + r + r + r + r + "A");  // beyond U+10FFFF
  CHECK(replace_invalid_utf8("\xE2\x82") == r);                                        // cut off
  CHECK(replace_invalid_utf8("na\xC3\xAFve") == "na\xC3\xAFve");
}

TEST_CASE("a text is complete up to a character that its end cuts off") {
  CHECK(complete_utf8("") == 0);
  CHECK(complete_utf8("abc") == 3);
  CHECK(complete_utf8("a\xE2\x82\xAC") == 4);
  CHECK(complete_utf8("a\xE2\x82") == 1);
  CHECK(complete_utf8("a\xE2") == 1);
  CHECK(complete_utf8("a\xF0\x9F\x8C") == 1);
  // What can never become a character need not be waited for.
  CHECK(complete_utf8("a\x80") == 2);
  CHECK(complete_utf8("a\xFF") == 2);
  CHECK(complete_utf8("a\xED\xA0") == 3);
  CHECK(complete_utf8("\xF0\x9F\x8C\xBE\xBE\xBE\xBE") == 7);
}

TEST_CASE("what is found invalid here is what io finds invalid") {
  // All strings of two bytes, and of a lead byte with two more: both rooms read the same table.
  std::string text(3, '\0');
  for (int a = 0x70; a < 0x100; ++a) {
    for (int b = 0x7E; b < 0xC2; ++b) {
      text[0] = static_cast<char>(a);
      text[1] = static_cast<char>(b);
      text[2] = '\x80';
      CHECK((replace_invalid_utf8(text) == text) == (millet::io::invalid_utf8(text) == std::string::npos));
    }
  }
}

TEST_CASE("a character is described so that it can be found") {
  CHECK(describe(U'é') == "'\xC3\xA9' (U+00E9)");
  CHECK(describe(U'\n') == "U+000A");
}
