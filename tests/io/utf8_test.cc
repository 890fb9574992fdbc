#include "millet/io/utf8.h"

#include <doctest/doctest.h>

#include <string>

using millet::io::invalid_utf8;

static constexpr size_t kValid = std::string_view::npos;

TEST_CASE("well-formed text passes, with zero bytes and the last character of each length") {
  CHECK(invalid_utf8("") == kValid);
  CHECK(invalid_utf8(std::string_view("a\0b", 3)) == kValid);
  CHECK(invalid_utf8("größe 中 😀") == kValid);
  CHECK(invalid_utf8(
            "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf") ==
        kValid);
}

TEST_CASE("each way to be ill-formed is found where it begins") {
  for (const std::string_view wrong :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe4\xb8", "\xf0\x9f\x98", "\xe4\xb8x", "\xc3\xc3"}) {
    CAPTURE(static_cast<int>(static_cast<unsigned char>(wrong[0])));
    CHECK(invalid_utf8(wrong) == 0);
    CHECK(invalid_utf8("ok中" + std::string(wrong)) == 5);
  }
}
