#include "millet/io/token_shard.h"

#include <algorithm>
#include <cstring>

#include "millet/core/error.h"

namespace millet::io {
namespace {

constexpr std::string_view kMagic = "MILLET_TOKENS";
constexpr size_t kHead = 16, kFoot = 64;
constexpr uint64_t kHeldOut = uint64_t{1} << 63;
constexpr size_t kWrittenAtOnce = size_t{1} << 20;

template <class T>
T number_at(std::span<const std::byte> bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

size_t padded(size_t bytes) {
  return (bytes + 7) / 8 * 8;
}

}  // namespace

TokenShardWriter::TokenShardWriter(const std::filesystem::path& path, int64_t vocab_size, Disk& disk)
    : file_(path, disk), vocab_size_(vocab_size), width_(vocab_size <= 65536 ? 2 : 4) {
  std::string head(kMagic);
  head.resize(kHead);
  head[14] = 1;
  head[15] = static_cast<char>(width_);
  write(std::as_bytes(std::span(head)));
}

void TokenShardWriter::write(std::span<const std::byte> bytes) {
  checksum_.add(bytes);
  file_.write(bytes);
}

void TokenShardWriter::add(std::span<const int32_t> tokens, bool held_out) {
  for (const int32_t id : tokens) {
    require(id >= 0 && id < vocab_size_, "token {} is outside the vocabulary of {}", id, vocab_size_);
    const auto* const bytes = reinterpret_cast<const std::byte*>(&id);  // of a little-endian machine
    buffer_.insert(buffer_.end(), bytes, bytes + width_);
  }
  tokens_ += static_cast<int64_t>(tokens.size());
  ends_.push_back(static_cast<uint64_t>(tokens_) | (held_out ? kHeldOut : 0));
  if (buffer_.size() < kWrittenAtOnce) return;
  write(buffer_);
  buffer_.clear();
}

void TokenShardWriter::finish() {
  const size_t bytes = static_cast<size_t>(tokens_) * width_;
  buffer_.resize(buffer_.size() + padded(bytes) - bytes);
  write(buffer_);
  write(std::as_bytes(std::span(ends_)));
  const std::vector<uint64_t> numbers{static_cast<uint64_t>(tokens_), ends_.size(), static_cast<uint64_t>(vocab_size_),
                                      0};
  file_.write(std::as_bytes(std::span(numbers)));
  checksum_.add(std::as_bytes(std::span(numbers)));
  file_.write(checksum_.text());
  file_.commit();
}

void TokenShard::refuse(const std::string& what) const {
  fail("{}: {}: make the shards again with `millet data shard`", name_, what);
}

TokenShard::TokenShard(const std::filesystem::path& path) : name_(path.string()), file_(path) {
  const std::span<const std::byte> bytes = file_.bytes();
  if (!file_.text().starts_with(kMagic)) refuse("it holds no token shard");
  if (bytes.size() < kHead + kFoot) refuse("it is torn");
  const auto version = number_at<uint8_t>(bytes, 14);
  if (version != 1) refuse(fmt::format("it has version {}, this program knows version 1", version));
  width_ = number_at<uint8_t>(bytes, 15);
  if (width_ != 2 && width_ != 4) refuse(fmt::format("its tokens have {} bytes, not 2 or 4", width_));
  const size_t foot = bytes.size() - kFoot;
  const auto tokens = number_at<uint64_t>(bytes, foot), documents = number_at<uint64_t>(bytes, foot + 8),
             vocabulary = number_at<uint64_t>(bytes, foot + 16);
  // Each bound first, so that nothing overflows.
  if (tokens > bytes.size() || documents > bytes.size() || vocabulary > (uint64_t{1} << 31) ||
      kHead + padded(tokens * static_cast<size_t>(width_)) + 8 * documents != foot)
    refuse("it is torn: its size is not what its end says");
  tokens_ = static_cast<int64_t>(tokens);
  documents_ = static_cast<int64_t>(documents);
  vocab_size_ = static_cast<int64_t>(vocabulary);
  ends_ = foot - 8 * documents;
  checksum_ = file_.text().substr(foot + 32, 32);
}

void TokenShard::copy(int64_t begin, std::span<int32_t> to) const {
  require(begin >= 0 && begin + static_cast<int64_t>(to.size()) <= tokens_,
          "{}: tokens {} to {} are asked for, it has {}", name_, begin, begin + static_cast<int64_t>(to.size()),
          tokens_);
  const std::byte* from = file_.bytes().data() + kHead + static_cast<size_t>(begin * width_);
  if (width_ == 4) {
    std::memcpy(to.data(), from, to.size_bytes());
    return;
  }
  for (size_t i = 0; i < to.size(); ++i) {
    uint16_t id;
    std::memcpy(&id, from + 2 * i, 2);
    to[i] = id;
  }
}

uint64_t TokenShard::end_of(int64_t index) const {
  return number_at<uint64_t>(file_.bytes(), ends_ + 8 * static_cast<size_t>(index));
}

TokenShard::Document TokenShard::document(int64_t index) const {
  require(index >= 0 && index < documents_, "{}: document {} is asked for, it has {}", name_, index, documents_);
  const uint64_t begin = index == 0 ? 0 : end_of(index - 1), end = end_of(index);
  return {.begin = static_cast<int64_t>(begin & ~kHeldOut),
          .end = static_cast<int64_t>(end & ~kHeldOut),
          .held_out = (end & kHeldOut) != 0};
}

void TokenShard::verify() const {
  const std::span<const std::byte> bytes = file_.bytes();
  if (io::checksum(bytes.first(bytes.size() - 32)) != checksum_) refuse("it was altered: its checksum is another");
  int64_t before = 0;
  for (int64_t i = 0; i < documents_; ++i) {
    const Document d = document(i);
    if (d.end <= before || d.end > tokens_) refuse(fmt::format("document {} ends where it begins, or beyond", i));
    before = d.end;
  }
  if (before != tokens_) refuse("its documents end before its tokens do");
  std::vector<int32_t> piece(size_t{1} << 16);
  for (int64_t at = 0; at < tokens_; at += static_cast<int64_t>(piece.size())) {
    const auto n = static_cast<size_t>(std::min<int64_t>(tokens_ - at, static_cast<int64_t>(piece.size())));
    copy(at, std::span(piece).first(n));
    for (size_t i = 0; i < n; ++i) {
      if (piece[i] < 0 || piece[i] >= vocab_size_)
        refuse(fmt::format("token {} is outside its vocabulary of {}", piece[i], vocab_size_));
    }
  }
}

}  // namespace millet::io
