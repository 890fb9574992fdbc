// Whole files: reading them, and writing them so that a reader sees the old one or the new one, never a part.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millet/io/disk.h"

namespace millet::io {

// All bytes of a file, or of a pipe or device that ends within 1 GiB. Throws Error: it is missing, a directory, goes on
// for longer, or cannot be read.
std::string read_file(const std::filesystem::path& path);

// To be read piece by piece. Throws Error: it is missing, a directory, or cannot be read.
std::ifstream open_file(const std::filesystem::path& path);

// Is anything there that can be looked at? False too where the directories above deny it.
bool is_there(const std::filesystem::path& path);

// The names in a directory, sorted. Throws Error: it is missing, no directory, or cannot be read.
std::vector<std::string> list_directory(const std::filesystem::path& path);

// Writes beside, syncs, renames: after a crash at any moment the file is the old one or the new one.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes, Disk& disk = Disk::real());

// Where something is written before it gets the name `path`: ".<name>.partial" beside it. One writer at a time.
std::filesystem::path partial_path(const std::filesystem::path& path);

// A file that comes into being when it is committed. Given up without commit(), it leaves nothing behind.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path, Disk& disk = Disk::real());
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  const std::filesystem::path& path() const { return path_; }
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  void commit();  // syncs, renames, syncs the directory

 private:
  Disk* disk_;
  std::filesystem::path path_;
  std::filesystem::path partial_;  // is path_ where that is a device or pipe
  int file_ = -1;                  // −1: committed or moved away
};

}  // namespace millet::io
