#include "millet/io/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "millet/core/error.h"
#include "millet/io/file.h"

namespace millet::io {

namespace fs = std::filesystem;

// Whose fault an errno is, and what the user can do about it.
[[noreturn]] static void fail_disk(std::string_view doing, const fs::path& path, int error) {
  const std::string what = fmt::format("cannot {} {}", doing, path.string());
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      fail_own("{}: the disk is full. Free some space or choose another place, then run the same command again", what);
    case ENOENT:
    case ENOTDIR:
      fail("{}: there is no directory {}", what, path.parent_path().empty() ? "." : path.parent_path().string());
    case EACCES:
    case EPERM:
    case EROFS:
      fail("{}: no permission to write there. Choose another place", what);
    case EISDIR:
      fail("{}: it is a directory", what);
    case ENAMETOOLONG:
      fail("{}: the name is too long", what);
    default:
      fail_own("{}: {}", what, std::strerror(error));
  }
}

int Disk::before(std::string_view, const fs::path&) {
  return 0;
}

Disk& Disk::real() {
  static Disk disk;
  return disk;
}

int Disk::create(const fs::path& path) {
  if (const int error = before("create", path)) fail_disk("create", path, error);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) fail_disk("create", path, errno);
  return file;
}

int Disk::open_to_append(const fs::path& path) {
  if (const int error = before("open", path)) fail_disk("open", path, error);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0) fail_disk("open", path, errno);
  return file;
}

void Disk::write(int file, std::span<const std::byte> bytes, const fs::path& path) {
  const int fault = bytes.empty() ? 0 : before("write", path);
  if (fault != 0) bytes = bytes.first(bytes.size() / 2);
  while (!bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());  // may take a part: signals, 2 GB at a time
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_disk("write", path, errno);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  if (fault != 0) fail_disk("write", path, fault);
}

void Disk::truncate(int file, int64_t bytes, const fs::path& path) {
  if (const int error = before("truncate", path)) fail_disk("shorten", path, error);
  if (::ftruncate(file, bytes) != 0) fail_disk("shorten", path, errno);
}

void Disk::sync(int file, const fs::path& path) {
  if (const int error = before("sync", path)) fail_disk("write", path, error);
  // EINVAL: something that has no disk behind it, a pipe or a terminal.
  if (::fsync(file) != 0 && errno != EINVAL && errno != EROFS) fail_disk("write", path, errno);
}

void Disk::close(int file, const fs::path& path) {
  const int fault = before("close", path);
  const int result = ::close(file);  // whatever happens the descriptor is gone
  if (fault != 0) fail_disk("write", path, fault);
  if (result != 0 && errno != EINTR) fail_disk("write", path, errno);
}

void Disk::sync_file(const fs::path& path) {
  if (const int error = before("sync", path)) fail_disk("write", path, error);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail_disk("open", path, errno);
  const int result = ::fsync(file);
  const int error = errno;
  ::close(file);
  if (result != 0 && error != EINVAL && error != EROFS) fail_disk("write", path, error);
}

void Disk::make_directory(const fs::path& path) {
  if (const int error = before("make_directory", path)) fail_disk("make the directory", path, error);
  if (::mkdir(path.c_str(), 0777) != 0) fail_disk("make the directory", path, errno);
}

void Disk::make_directories(const fs::path& path) {
  std::error_code unseen;
  if (path.empty() || fs::is_directory(path, unseen)) return;
  require(!is_there(path), "cannot make the directory {}: it is a file. Choose another place", path.string());
  if (path.has_parent_path() && path.parent_path() != path) make_directories(path.parent_path());
  if (path.has_filename()) make_directory(path);  // "name/" was made as "name"
}

void Disk::sync_directory(const fs::path& path) {
  if (const int error = before("sync_directory", path)) fail_disk("write the directory", path, error);
  const int directory = ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) fail_disk("open the directory", path, errno);
  const int result = ::fsync(directory);
  const int error = errno;
  ::close(directory);
  if (result != 0 && error != EINVAL) fail_disk("write the directory", path, error);  // EINVAL: it has none to write
}

void Disk::rename(const fs::path& from, const fs::path& to) {
  if (const int error = before("rename", to)) fail_disk("rename to", to, error);
  if (::rename(from.c_str(), to.c_str()) != 0) fail_disk("rename to", to, errno);
}

void Disk::exchange(const fs::path& a, const fs::path& b) {
  if (const int error = before("exchange", b)) fail_disk("replace", b, error);
  if (::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0) return;
  if (errno == EINVAL || errno == ENOSYS) {
    fail(
        "cannot replace {}: this file system cannot exchange two directories in one step. Remove it first, or choose "
        "another name",
        b.string());
  }
  fail_disk("replace", b, errno);
}

void Disk::remove(const fs::path& path) {
  if (const int error = before("remove", path)) fail_disk("remove", path, error);
  if (::remove(path.c_str()) != 0) fail_disk("remove", path, errno);
}

void Disk::remove_all(const fs::path& path) {
  std::error_code missing;
  const fs::file_status status = fs::symlink_status(path, missing);
  if (!fs::exists(status)) return;
  if (fs::is_directory(status)) {  // a link to one is none: what it points to stays
    for (const std::string& name : list_directory(path)) remove_all(path / name);
  }
  remove(path);
}

}  // namespace millet::io
