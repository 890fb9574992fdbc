// A file as read-only memory: pages are read when they are touched, and shared between processes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace millet::io {

// NOTE: a mapped file that somebody shortens ends the process at the next touch beyond its new end (SIGBUS). So what
// is mapped here are files that Millet replaces by rename and never shortens: weights and shards, not logs.
class MappedFile {
 public:
  MappedFile() = default;
  // Throws Error: missing, no regular file, not readable.
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(data_), size_}; }
  std::string_view text() const { return {static_cast<const char*>(data_), size_}; }

 private:
  const void* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace millet::io
