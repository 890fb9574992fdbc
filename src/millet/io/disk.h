// Every system call that changes the disk, in one place, so that a test can make the n-th of them fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace millet::io {

// Each call throws Error naming the path, the reason and the remedy: Fault::input where the path is to blame (no such
// directory, no permission), Fault::own where the disk is (full, broken).
class Disk {
 public:
  virtual ~Disk() = default;
  static Disk& real();  // has no state

  int create(const std::filesystem::path& path);          // an empty file, open for writing
  int open_to_append(const std::filesystem::path& path);  // made if missing
  void write(int file, std::span<const std::byte> bytes, const std::filesystem::path& path);
  void truncate(int file, int64_t bytes, const std::filesystem::path& path);
  void sync(int file, const std::filesystem::path& path);  // returns when the bytes are on the disk
  void close(int file, const std::filesystem::path& path);
  void sync_file(const std::filesystem::path& path);  // one that somebody else wrote and closed

  void make_directory(const std::filesystem::path& path);
  void make_directories(const std::filesystem::path& path);  // with those above it; may be there
  void sync_directory(const std::filesystem::path& path);    // its entries: names made, moved and removed in it
  void rename(const std::filesystem::path& from, const std::filesystem::path& to);
  void exchange(const std::filesystem::path& a, const std::filesystem::path& b);  // the two names, in one step
  void remove(const std::filesystem::path& path);                                 // a file or an empty directory
  void remove_all(const std::filesystem::path& path);                             // may be missing

 protected:
  // Called before each system call with its name. A test returns an errno to have it fail instead; a failing write
  // leaves the first half of its bytes behind, as a full disk does.
  virtual int before(std::string_view call, const std::filesystem::path& path);
};

}  // namespace millet::io
