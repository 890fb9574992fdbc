#include "millet/io/input_stream.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/archives.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::io;

namespace {

std::string all_of(const std::filesystem::path& path) {
  InputStream in(path);
  std::string text, piece(1000, '\0');
  while (const size_t n = in.read(piece)) text += piece.substr(0, n);
  return text;
}

std::vector<std::string> lines_in(const std::filesystem::path& path, size_t longest = 1000) {
  InputStream in(path);
  LineReader lines(in, longest);
  std::vector<std::string> out;
  for (LineReader::Line line; lines.next(line);) {
    CHECK(line.number == static_cast<int64_t>(out.size()) + 1);
    out.push_back(line.text + (line.too_long ? "…" : ""));
  }
  return out;
}

}  // namespace

TEST_CASE("plain, gzip and zstd files read alike, whatever their names") {
  const TemporaryDirectory scratch;
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += std::to_string(i) + "\n";
  write_file_atomically(scratch / "a.txt", text);
  write_file_atomically(scratch / "b.txt", gzip_of(text));
  write_file_atomically(scratch / "c.gz", zstd_of(text));
  write_file_atomically(scratch / "d.zst", "");
  for (const char* name : {"a.txt", "b.txt", "c.gz"}) CHECK(all_of(scratch / name) == text);
  CHECK(all_of(scratch / "d.zst").empty());
  InputStream in(scratch / "b.txt");
  CHECK(in.compression() == Compression::gzip);
  std::string piece(text.size() + 1, '\0');
  CHECK(in.read(piece) == text.size());
  CHECK(in.bytes_given() == static_cast<int64_t>(text.size()));
  CHECK(in.bytes_read() == static_cast<int64_t>(gzip_of(text).size()));
}

TEST_CASE("what was looked at beforehand is read nevertheless") {
  const TemporaryDirectory scratch;
  for (const std::string& bytes : {std::string("abcdef"), gzip_of("abcdef")}) {
    write_file_atomically(scratch / "a", bytes);
    InputStream in(scratch / "a");
    CHECK(in.peek(2) == "ab");
    CHECK(in.peek(4) == "abcd");
    std::string text(3, '?');
    CHECK(in.read(text) == 3);
    CHECK(text == "abc");
    CHECK(in.peek(100) == "def");
    text.assign(10, '?');
    CHECK(in.read(text) == 3);
    CHECK(text.substr(0, 3) == "def");
    CHECK(in.read(text) == 0);
    CHECK(in.peek(1).empty());
    CHECK(in.bytes_given() == 6);
  }
}

TEST_CASE("an archive that is cut off or corrupt is named, with the place") {
  const TemporaryDirectory scratch;
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += std::to_string(i) + "\n";
  const std::string gz = gzip_of(text);
  write_file_atomically(scratch / "half.gz", gz.substr(0, gz.size() / 2));
  CHECK_THROWS_WITH_AS(all_of(scratch / "half.gz"), doctest::Contains("half.gz is cut off: its gzip data end early"),
                       Error);
  const std::string zst = zstd_of(text);
  write_file_atomically(scratch / "half.zst", zst.substr(0, zst.size() / 2));
  CHECK_THROWS_WITH_AS(all_of(scratch / "half.zst"), doctest::Contains("half.zst is cut off: its zstd data end early"),
                       Error);
  std::string bad = gz;
  bad[bad.size() - 5] ^= 1;  // the checksum
  write_file_atomically(scratch / "bad.gz", bad);
  CHECK_THROWS_WITH_AS(all_of(scratch / "bad.gz"), doctest::Contains("bad.gz is corrupt gzip after"), Error);
  CHECK_THROWS_WITH_AS(all_of(scratch / "none.gz"), doctest::Contains("there is no such file"), Error);
}

TEST_CASE("a file is read whole, opened and without the mark of its byte order") {
  const TemporaryDirectory folder;
  const std::string text = "one\ntwo\n";
  const std::filesystem::path file = folder.path() / "text";
  for (const std::string& bytes : {text, "\xEF\xBB\xBF" + text, gzip_of(text), zstd_of("\xEF\xBB\xBF" + text)}) {
    write_file_atomically(file, bytes);
    CHECK(read_opened_file(file) == text);
  }
  write_file_atomically(file, "");
  CHECK(read_opened_file(file).empty());
  CHECK_THROWS_AS(read_opened_file(folder.path() / "none"), Error);
}

TEST_CASE("lines end at line breaks, the last one at the end") {
  const TemporaryDirectory scratch;
  write_file_atomically(scratch / "a", "one\ntwo\r\n\nfour");
  CHECK(lines_in(scratch / "a") == std::vector<std::string>{"one", "two", "", "four"});
  write_file_atomically(scratch / "b", "one\n");
  CHECK(lines_in(scratch / "b") == std::vector<std::string>{"one"});
  write_file_atomically(scratch / "c", "");
  CHECK(lines_in(scratch / "c").empty());
  write_file_atomically(scratch / "d", gzip_of(std::string(200'000, 'x') + "\nshort\n" + std::string(11, 'y')));
  CHECK(lines_in(scratch / "d", 10) ==
        std::vector<std::string>{std::string(10, 'x') + "…", "short", std::string(10, 'y') + "…"});
}
