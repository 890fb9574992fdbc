#include "millet/text/byte_level.h"

#include <doctest/doctest.h>

using namespace millet::text;

TEST_CASE("printable bytes stand for themselves, a space is a Ġ, a line break a Ċ") {
  CHECK(to_byte_level("a b\n\xC3\xA9~") == "a\u0120b\u010a\u00c3\u00a9~");
  CHECK(to_byte_level(std::string("\0\xAD\xFF", 3)) == "\u0100\u0143\u00ff");
  CHECK(byte_level_character(0x7F) == 0x121);
}

TEST_CASE("every byte is spelled in its own way and read again") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(from_byte_level(to_byte_level(all)) == all);
  CHECK(from_byte_level("") == "");
}

TEST_CASE("a spelling with another character is none") {
  for (const char* other : {"a b", "\n", "\u0144", "\uFF5C", "a\xFF"}) CHECK_FALSE(from_byte_level(other).has_value());
}
