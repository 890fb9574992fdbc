#include "millet/io/input_stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "millet/core/error.h"
#include "millet/io/file.h"

namespace millet::io {

InputStream::InputStream(std::filesystem::path path)
    : path_(std::move(path)), file_(open_file(path_)), buffer_(size_t{1} << 16) {
  refill();
  compression_ = compression_of({buffer_.data(), end_});
  if (compression_ == Compression::gzip) open_ = make_gzip_decompressor();
  if (compression_ == Compression::zstd) open_ = make_zstd_decompressor();
}

void InputStream::refill() {
  file_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  if (file_.bad()) fail_own("cannot read {}: {}", path_.string(), std::strerror(errno));
  begin_ = 0;
  end_ = static_cast<size_t>(file_.gcount());
  read_ += static_cast<int64_t>(end_);
  at_end_ = end_ == 0;
}

size_t InputStream::read(std::span<char> to) {
  const size_t known = std::min(to.size(), ahead_.size());
  std::copy_n(ahead_.data(), known, to.data());
  ahead_.erase(0, known);
  return known + read_on(to.subspan(known));
}

std::string_view InputStream::peek(size_t most) {
  const size_t known = ahead_.size();
  if (known < most) {
    ahead_.resize(most);
    ahead_.resize(known + read_on(std::span(ahead_).subspan(known)));
  }
  return std::string_view(ahead_).substr(0, most);
}

size_t InputStream::read_on(std::span<char> to) {
  size_t filled = 0;
  while (filled < to.size()) {
    if (begin_ == end_ && !at_end_) refill();
    const std::span<const char> rest(buffer_.data() + begin_, end_ - begin_);
    Decompressor::Moved moved;
    if (open_ == nullptr) {
      moved.read = moved.written = std::min(rest.size(), to.size() - filled);
      std::copy_n(rest.data(), moved.read, to.data() + filled);
    } else {
      try {
        moved = open_->run(rest, to.subspan(filled));
      } catch (const Error& e) {
        if (e.fault() == Fault::own) throw e.within(fmt::format("{} cannot be opened", path_.string()));
        throw e.within(fmt::format("{} is corrupt {} after {} bytes of text", path_.string(), name_of(compression_),
                                   given_ + static_cast<int64_t>(filled)));
      }
    }
    begin_ += moved.read;
    filled += moved.written;
    if (at_end_ && moved.written == 0) {
      require(open_ == nullptr || open_->whole(),
              "{} is cut off: its {} data end early, after {} bytes of text. Fetch it again", path_.string(),
              name_of(compression_), given_ + static_cast<int64_t>(filled));
      break;
    }
  }
  given_ += static_cast<int64_t>(filled);
  require(open_ == nullptr || given_ <= kFreely || given_ / kRatio <= read_,
          "{} becomes more than {} times its size when opened: no text does", path_.string(), kRatio);
  return filled;
}

std::string read_opened_file(const std::filesystem::path& path) {
  InputStream in(path);
  std::string text;
  std::vector<char> buffer(size_t{1} << 20);
  while (const size_t size = in.read(buffer)) text.append(buffer.data(), size);
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return text;
}

bool LineReader::next(Line& line) {
  line.text.clear();
  line.too_long = false;
  line.number = ++number_;
  bool any = false;
  for (;;) {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = in_.read(buffer_);
      if (end_ == 0) break;
    }
    any = true;
    const char* const from = buffer_.data() + begin_;
    const void* const found = std::memchr(from, '\n', end_ - begin_);
    const size_t size = found == nullptr ? end_ - begin_ : static_cast<size_t>(static_cast<const char*>(found) - from);
    const size_t kept = std::min(size, longest_ - std::min(longest_, line.text.size()));
    line.text.append(from, kept);
    line.too_long = line.too_long || kept < size;
    begin_ += size;
    if (found == nullptr) continue;
    ++begin_;
    if (!line.too_long && line.text.ends_with('\r')) line.text.pop_back();
    return true;
  }
  return any;
}

}  // namespace millet::io
