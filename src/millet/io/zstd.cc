// The one file that knows libzstd. Format: RFC 8878.
#include <zstd.h>
#include <zstd_errors.h>

#include "millet/core/error.h"
#include "millet/io/decompress.h"

namespace millet::io {
namespace {

class Zstd final : public Decompressor {
 public:
  Zstd() : stream_(::ZSTD_createDStream()) {
    if (stream_ == nullptr) fail_own("zstd cannot begin: out of memory");
    // 2 GiB, the most that `zstd --long=31` asks for. The memory is reserved; pages of it are used as text fills them.
    ::ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, 31);
  }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
  ~Zstd() override { ::ZSTD_freeDStream(stream_); }

  Moved run(std::span<const char> input, std::span<char> output) override {
    ZSTD_inBuffer in{.src = input.data(), .size = input.size(), .pos = 0};
    ZSTD_outBuffer out{.dst = output.data(), .size = output.size(), .pos = 0};
    for (;;) {
      const size_t read = in.pos, written = out.pos;
      if (between_ && in.pos == in.size) break;  // asked then, it would begin a frame of nothing
      const size_t result = ::ZSTD_decompressStream(stream_, &out, &in);
      if (::ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) {
        fail_own("its window of up to 2 GiB does not fit into memory: open it with `zstd -d --long=31` where it does");
      }
      require(::ZSTD_isError(result) == 0, "{}", ::ZSTD_getErrorName(result));
      between_ = result == 0;
      begun_ = begun_ || between_;
      if (out.pos == out.size || (in.pos == read && out.pos == written)) break;
    }
    return {.read = in.pos, .written = out.pos};
  }

  bool whole() const override { return between_ && begun_; }

 private:
  ZSTD_DStream* stream_;
  bool between_ = true;
  bool begun_ = false;  // has a frame ended?
};

}  // namespace

std::unique_ptr<Decompressor> make_zstd_decompressor() {
  return std::make_unique<Zstd>();
}

}  // namespace millet::io
