// A file read from front to end, opened on the way where it is gzip or zstd; and its lines.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millet/io/decompress.h"

namespace millet::io {

class InputStream {
 public:
  // What an archive may become: beyond kFreely bytes no more than kRatio times its own size.
  static constexpr int64_t kFreely = int64_t{1} << 30;
  static constexpr int64_t kRatio = 250;

  // Throws Error: missing, a directory, not readable.
  explicit InputStream(std::filesystem::path path);

  // Fills the span from the front and says how far; 0: the end. Throws Error, naming the file: it cannot be read; the
  // archive is corrupt, ends early, or becomes absurdly much.
  size_t read(std::span<char> to);
  // What the next bytes are, as many as there are; read() gives them nevertheless.
  std::string_view peek(size_t most);

  const std::filesystem::path& path() const { return path_; }
  Compression compression() const { return compression_; }
  int64_t bytes_read() const { return read_; }    // of the file, as it lies there
  int64_t bytes_given() const { return given_; }  // what it became

 private:
  void refill();
  size_t read_on(std::span<char> to);

  std::filesystem::path path_;
  std::ifstream file_;
  Compression compression_ = Compression::none;
  std::unique_ptr<Decompressor> open_;
  std::vector<char> buffer_;  // bytes of the file that are not used yet: [begin_, end_)
  size_t begin_ = 0, end_ = 0;
  std::string ahead_;  // what peek() has read
  bool at_end_ = false;
  int64_t read_ = 0, given_ = 0;
};

// At the front of a file it is no text.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The whole file, opened where it is gzip or zstd, without a byte order mark before it. Throws Error as the stream
// does.
std::string read_opened_file(const std::filesystem::path& path);

// The lines of a stream without their line breaks ("\n"; a "\r" before it goes, too).
class LineReader {
 public:
  // Of a line longer than `longest` bytes only its beginning is kept.
  LineReader(InputStream& in, size_t longest) : in_(in), longest_(longest), buffer_(size_t{1} << 16) {}

  struct Line {
    std::string text;
    int64_t number = 0;  // from 1
    bool too_long = false;
  };
  // The next line into `line`; false at the end. Throws Error as the stream does.
  bool next(Line& line);

 private:
  InputStream& in_;
  size_t longest_;
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;
  int64_t number_ = 0;
};

}  // namespace millet::io
