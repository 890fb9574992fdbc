// XXH3 (xxHash 0.8): 128 bits to notice altered files, 64 to find keys. Neither resists a forger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace millet::io {

// 32 hexadecimal digits, high half first, as `xxhsum -H2` prints them.
std::string checksum(std::span<const std::byte> bytes);

uint64_t hash64(std::string_view text, uint64_t seed);
uint64_t hash64(std::span<const std::byte> bytes, uint64_t seed);

// The same checksum over bytes that come in parts.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;

  void add(std::span<const std::byte> bytes);
  std::string text() const;  // of what was added so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct FileChecksum {
  int64_t bytes = 0;
  std::string text;
};

// Of a whole file, read in pieces: mapped, it would count as memory of this process. Throws Error: it cannot be read.
FileChecksum checksum_of_file(const std::filesystem::path& path);

}  // namespace millet::io
