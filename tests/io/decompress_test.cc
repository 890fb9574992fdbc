#include "millet/io/decompress.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "fuzz/properties.h"
#include "millet/core/error.h"
#include "tests/io/archives.h"
#include "tests/io/mutations.h"

using namespace millet;
using namespace millet::io;

namespace {

std::string sample() {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "line " + std::to_string(i * 7919 % 1000) + " of it\n";
  return text;
}

// All that comes out when the input comes in pieces and the room is small.
std::string opened(Decompressor& d, std::string_view archive, size_t piece, size_t room) {
  std::string text;
  std::string out(room, '\0');
  while (true) {
    const Decompressor::Moved moved = d.run(archive.substr(0, piece), out);
    text += out.substr(0, moved.written);
    archive.remove_prefix(moved.read);
    if (archive.empty() && moved.written == 0) return text;
  }
}

}  // namespace

TEST_CASE("an archive is known by its first bytes") {
  CHECK(compression_of(gzip_of("a")) == Compression::gzip);
  CHECK(compression_of(zstd_of("a")) == Compression::zstd);
  CHECK(compression_of(std::string_view("\x5A\x2A\x4D\x18", 4)) == Compression::zstd);
  CHECK(compression_of("a text") == Compression::none);
  CHECK(compression_of("") == Compression::none);
  CHECK(name_of(Compression::zstd) == "zstd");
}

TEST_CASE("whatever the pieces and the room, the text comes out whole") {
  const std::string text = sample();
  for (const size_t piece : {1u, 7u, 1000u, 1u << 20}) {
    for (const size_t room : {1u, 13u, 4096u, 1u << 20}) {
      CAPTURE(piece);
      CAPTURE(room);
      const auto gzip = make_gzip_decompressor();
      CHECK(opened(*gzip, gzip_of(text), piece, room) == text);
      CHECK(gzip->whole());
      const auto zstd = make_zstd_decompressor();
      CHECK(opened(*zstd, zstd_of(text), piece, room) == text);
      CHECK(zstd->whole());
    }
  }
}

TEST_CASE("members follow one another, and zeros behind the last one of gzip are padding") {
  const auto gzip = make_gzip_decompressor();
  CHECK(opened(*gzip, gzip_of("one ") + gzip_of("") + gzip_of("two") + std::string(512, '\0'), 10, 10) == "one two");
  CHECK(gzip->whole());
  const auto zstd = make_zstd_decompressor();
  const std::string skipped("\x50\x2A\x4D\x18\x02\x00\x00\x00xy", 10);
  CHECK(opened(*zstd, zstd_of("one ") + skipped + zstd_of("two"), 10, 10) == "one two");
  CHECK(zstd->whole());
  CHECK_THROWS_AS(opened(*make_gzip_decompressor(), gzip_of("one") + "two", 100, 100), Error);
  CHECK_THROWS_AS(opened(*make_gzip_decompressor(), gzip_of("one") + std::string(4, '\0') + "two", 100, 100), Error);
  CHECK_THROWS_AS(opened(*make_zstd_decompressor(), zstd_of("one") + "two", 100, 100), Error);
}

TEST_CASE("what is cut off is not whole") {
  const std::string gz = gzip_of(sample()), zst = zstd_of(sample());
  for (size_t cut = 0; cut < 40; ++cut) {
    const auto gzip = make_gzip_decompressor();
    opened(*gzip, gz.substr(0, gz.size() * cut / 40), 1000, 1000);
    CHECK_FALSE(gzip->whole());
    const auto zstd = make_zstd_decompressor();
    opened(*zstd, zst.substr(0, zst.size() * cut / 40), 1000, 1000);
    CHECK_FALSE(zstd->whole());
  }
}

TEST_CASE("zstd windows of up to 2 GiB are opened, as `zstd --long=31` makes them, and larger ones refused") {
  // Magic, descriptor without content size, window byte of 2^31 (2^32); a last block of three bytes as they are.
  const std::string frame(
      "\x28\xB5\x2F\xFD\x00\xA8\x19\x00\x00"
      "abc",
      12);
  const auto zstd = make_zstd_decompressor();
  CHECK(opened(*zstd, frame, 100, 100) == "abc");
  CHECK(zstd->whole());
  std::string larger = frame;
  larger[5] = '\xB0';
  CHECK_THROWS_AS(opened(*make_zstd_decompressor(), larger, 100, 100), Error);
}

TEST_CASE("damaged archives are refused or opened, and never do harm") {
  Rng rng(5, "archives");
  const std::vector<std::string_view> words{"\x1F\x8B\x08", "\x28\xB5\x2F\xFD", std::string_view("\0\0\0\0", 4)};
  const std::string text = sample().substr(0, 600);
  for (int i = 0; i < 4000; ++i) {
    const std::string damaged = mutated(i % 2 == 0 ? gzip_of(text) : zstd_of(text), words, rng);
    CHECK_NOTHROW(fuzz::check_archive(damaged));
  }
}
