#include "millet/core/nfc.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "millet/core/error.h"

using namespace millet;
using unicode::to_nfc;

TEST_CASE("NFC composes letters and marks, in canonical order, and leaves what is composed") {
  CHECK(to_nfc("e\u0301 \u00e9 abc") == "\u00e9 \u00e9 abc");
  CHECK(to_nfc("a\u0301\u0323") == "\u1ea1\u0301");  // the dot below comes first
  CHECK(to_nfc("\u1100\u1161\u11a8") == "\uac01");   // Hangul
  CHECK(to_nfc("\u212b\u2126") == "\u00c5\u03a9");   // Ångström and Ohm are singletons
  CHECK(to_nfc("\u0958") == "\u0915\u093c");         // excluded from composition
  CHECK(to_nfc("\u4f60\u597d, world") == "\u4f60\u597d, world");
  CHECK(to_nfc("\U0001D15E") == "\U0001D157\U0001D165");
  CHECK(to_nfc(std::string("a\0e\u0301", 5)) == std::string("a\0\u00e9", 4));
  CHECK(to_nfc("").empty());
  CHECK_THROWS_AS(to_nfc("a\xFF"), Error);
}

TEST_CASE("a long run of marks is sorted in a moment") {
  std::string marks = "a";
  for (int i = 0; i < 200'000; ++i) marks += i % 2 == 0 ? "\u0301" : "\u0323";
  const auto start = std::chrono::steady_clock::now();
  const std::string composed = to_nfc(marks);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  CHECK(composed.starts_with("\u1ea1\u0323\u0323"));
  CHECK(composed.ends_with("\u0301\u0301"));
}
