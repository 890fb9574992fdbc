// gzip and zstd, opened piece by piece: what comes out is bounded by the space that is given, whatever the input asks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace millet::io {

enum class Compression : uint8_t { none, gzip, zstd };

// By the first bytes of the data, never by a name: 1F 8B is gzip, 28 B5 2F FD (or a skippable frame) is zstd. Four
// bytes are enough.
Compression compression_of(std::string_view first_bytes);
std::string_view name_of(Compression compression);  // "gzip"

class Decompressor {
 public:
  struct Moved {
    size_t read = 0;     // of the input
    size_t written = 0;  // to the output
  };

  virtual ~Decompressor() = default;

  // Takes of the input what it can until the output is full, through several members (frames) one after another.
  // Throws Error: corrupt data ("invalid distance too far back"), a zstd window beyond 2 GiB; our own, where memory
  // does not hold the window.
  virtual Moved run(std::span<const char> input, std::span<char> output) = 0;

  // Is what was read so far whole: does the input stand between two members? Zeros behind the last one are padding.
  virtual bool whole() const = 0;
};

std::unique_ptr<Decompressor> make_gzip_decompressor();  // gzip.cc
std::unique_ptr<Decompressor> make_zstd_decompressor();  // zstd.cc

}  // namespace millet::io
