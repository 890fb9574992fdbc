#include "millet/io/checksum.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL  // the header alone: nothing to link
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "millet/core/error.h"

namespace millet::io {

static std::string text_of(XXH128_hash_t hash) {
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string checksum(std::span<const std::byte> bytes) {
  return text_of(XXH3_128bits(bytes.data(), bytes.size()));
}

uint64_t hash64(std::string_view text, uint64_t seed) {
  return hash64(std::as_bytes(std::span(text)), seed);
}

uint64_t hash64(std::span<const std::byte> bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

struct Checksum::State {
  XXH3_state_t xxh;
};

Checksum::Checksum() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->xxh);
}
Checksum::~Checksum() = default;
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;

void Checksum::add(std::span<const std::byte> bytes) {
  XXH3_128bits_update(&state_->xxh, bytes.data(), bytes.size());
}

std::string Checksum::text() const {
  return text_of(XXH3_128bits_digest(&state_->xxh));
}

FileChecksum checksum_of_file(const std::filesystem::path& path) {
  constexpr size_t kPiece = size_t{1} << 18;
  const auto close = [](std::FILE* f) { std::fclose(f); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rbe"), close);
  if (!file) fail("cannot read {}: {}", path.string(), errno == ENOENT ? "there is no such file" : strerror(errno));
  std::vector<std::byte> piece(kPiece);
  Checksum sum;
  FileChecksum result;
  while (const size_t bytes = std::fread(piece.data(), 1, piece.size(), file.get())) {
    sum.add(std::span(piece).first(bytes));
    result.bytes += static_cast<int64_t>(bytes);
  }
  if (std::ferror(file.get()) != 0) fail("cannot read {}: {}", path.string(), strerror(errno));
  result.text = sum.text();
  return result;
}

}  // namespace millet::io
