#include "millet/core/unicode_additions.h"

#include <doctest/doctest.h>

#include <iterator>

#include "millet/core/unicode.h"

using namespace millet;

TEST_CASE("the tables of characters are sorted, so that they can be searched") {
  auto sorted = [](const auto& table) {
    char32_t before = 0;
    for (const auto& row : table) {
      if (row.first <= before || row.last < row.first) return false;
      before = row.last;
    }
    return true;
  };
  CHECK(sorted(unicode::kAddedCharacters));
  CHECK(sorted(unicode::kLateCharacters));
}

TEST_CASE("characters of Unicode 15 and 16 have their categories, those of 17 have none") {
  CHECK(unicode::general_category(0x1C89) == "Lu");
  CHECK(unicode::general_category(0x2EBF0) == "Lo");
  CHECK(unicode::general_category(0x11F50) == "Nd");
  CHECK(unicode::general_category(0x1CC00) == "So");
  CHECK(unicode::general_category(0x10EFC) == "Mn");
  CHECK(unicode::general_category(0x323B0) == "Cn");
  CHECK(unicode::general_category('a') == "Ll");
  CHECK(unicode::general_category(0xE000) == "Co");
}
