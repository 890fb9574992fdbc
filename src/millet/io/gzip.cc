// The one file that knows zlib. Format: RFC 1952.
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "millet/core/error.h"
#include "millet/io/decompress.h"

namespace millet::io {
namespace {

class Gzip final : public Decompressor {
 public:
  Gzip() {
    // 15: the largest window; +16: gzip's header and checksum.
    if (::inflateInit2(&stream_, 15 + 16) != Z_OK) fail_own("zlib cannot begin: {}", message());
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override { ::inflateEnd(&stream_); }

  Moved run(std::span<const char> input, std::span<char> output) override {
    Moved moved;
    while (moved.read < input.size() || (!between_ && moved.written < output.size())) {
      if (between_) {
        if (members_ > 0 && input[moved.read] == 0) padded_ = true;
        if (padded_) {  // as gzip(1) pads to blocks of a tape
          require(input[moved.read] == 0, "there is something behind the zeros that end it");
          ++moved.read;
          continue;
        }
        ::inflateReset(&stream_);
        between_ = false;
      }
      // zlib does not write through next_in.
      stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(input.data() + moved.read));
      stream_.avail_in = at_most(input.size() - moved.read);
      stream_.next_out = reinterpret_cast<Bytef*>(output.data() + moved.written);
      stream_.avail_out = at_most(output.size() - moved.written);
      const uInt in = stream_.avail_in, out = stream_.avail_out;
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      moved.read += in - stream_.avail_in;
      moved.written += out - stream_.avail_out;
      if (result == Z_STREAM_END) {
        between_ = true;
        ++members_;
      } else if (result == Z_BUF_ERROR) {
        break;  // it wants more input, or more room
      } else if (result != Z_OK) {
        fail("{}", members_ > 0 && stream_.total_out == 0 ? "what stands behind its end is no gzip" : message());
      } else if (in == stream_.avail_in && out == stream_.avail_out) {
        break;
      }
    }
    return moved;
  }

  bool whole() const override { return between_ && members_ > 0; }

 private:
  static uInt at_most(size_t n) { return static_cast<uInt>(std::min<size_t>(n, std::numeric_limits<uInt>::max())); }
  const char* message() const { return stream_.msg != nullptr ? stream_.msg : "out of memory"; }

  z_stream stream_{};
  bool between_ = true;
  bool padded_ = false;
  int64_t members_ = 0;
};

}  // namespace

std::unique_ptr<Decompressor> make_gzip_decompressor() {
  return std::make_unique<Gzip>();
}

}  // namespace millet::io
