#include "millet/io/checksum.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "millet/core/error.h"
#include "tests/io/temporary_directory.h"

using namespace millet::io;

static std::string checksum_of(std::string_view text) {
  return checksum(std::as_bytes(std::span(text)));
}

TEST_CASE("the checksum is XXH3-128 as `xxhsum -H2` prints it") {
  CHECK(checksum_of("") == "99aa06d3014798d86001c324468d497f");
  CHECK(checksum_of("abc") == "06b05ab6733a618578af5f94892f3950");
}

TEST_CASE("parts give the checksum of the whole, wherever they are cut") {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += static_cast<char>(i * 31);
  for (const size_t cut : {size_t{0}, size_t{1}, size_t{255}, size_t{1024}, text.size()}) {
    Checksum sum;
    sum.add(std::as_bytes(std::span(text).first(cut)));
    sum.add(std::as_bytes(std::span(text).subspan(cut)));
    CHECK(sum.text() == checksum_of(text));
  }
}

TEST_CASE("one changed bit changes the checksum") {
  std::string text(1000, 'a');
  const std::string before = checksum_of(text);
  text[999] ^= 1;
  CHECK(checksum_of(text) != before);
}

TEST_CASE("another seed gives another hash") {
  CHECK(hash64("key", 1) == hash64("key", 1));
  CHECK(hash64("key", 1) != hash64("key", 2));
}

TEST_CASE("a file's checksum is that of its bytes, read in pieces") {
  const TemporaryDirectory dir;
  std::string text;
  for (int i = 0; i < 700000; ++i) text += static_cast<char>(i * 31);
  std::ofstream(dir / "file", std::ios::binary) << text;
  const FileChecksum sum = checksum_of_file(dir / "file");
  CHECK(sum.bytes == 700000);
  CHECK(sum.text == checksum_of(text));
  CHECK_THROWS_WITH_AS(checksum_of_file(dir / "none"), doctest::Contains("there is no such file"), millet::Error);
  CHECK_THROWS_AS(checksum_of_file(dir / "."), millet::Error);
}
