#include "millet/io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "millet/core/error.h"

namespace millet::io {

namespace fs = std::filesystem;

// A stream that goes on longer has no end (/dev/zero), or is better kept in a file.
static constexpr size_t kLongestStream = size_t{1} << 30;

std::ifstream open_file(const fs::path& path) {
  std::error_code unreadable;  // told below
  require(!fs::is_directory(path, unreadable), "cannot read {}: it is a directory", path.string());
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open())
    fail("cannot read {}: {}", path.string(), errno == ENOENT ? "there is no such file" : strerror(errno));
  return file;
}

std::string read_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail("cannot read {}: {}", path.string(), errno == ENOENT ? "there is no such file" : strerror(errno));
  std::string out;
  struct stat info = {};
  const bool is_regular = ::fstat(file, &info) == 0 && S_ISREG(info.st_mode);
  if (is_regular) out.reserve(static_cast<size_t>(info.st_size) + 1);
  // The size is a hint alone: the files of /proc say 0, pipes say nothing, and a file may grow meanwhile.
  size_t used = 0;
  for (;;) {
    out.resize(std::max(out.capacity(), used + 65536));
    const ssize_t n = ::read(file, out.data() + used, out.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      ::close(file);
      fail("cannot read {}: {}", path.string(), error == EISDIR ? "it is a directory" : strerror(error));
    }
    if (n == 0) break;
    used += static_cast<size_t>(n);
    if (!is_regular && used > kLongestStream) {
      ::close(file);
      fail("cannot read {}: it is no file, and gives more than 1 GiB: write what is wanted of it into a file",
           path.string());
    }
  }
  ::close(file);
  out.resize(used);
  return out;
}

bool is_there(const fs::path& path) {
  std::error_code unseen;
  return fs::exists(path, unseen);
}

std::vector<std::string> list_directory(const fs::path& path) {
  std::vector<std::string> names;
  try {
    for (const auto& entry : fs::directory_iterator(path)) names.push_back(entry.path().filename().string());
  } catch (const fs::filesystem_error& error) {
    fail("cannot list the directory {}: {}", path.string(), error.code().message());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void write_file_atomically(const fs::path& path, std::string_view bytes, Disk& disk) {
  AtomicFile file(path, disk);
  file.write(bytes);
  file.commit();
}

fs::path partial_path(const fs::path& path) {
  return path.parent_path() / fmt::format(".{}.partial", path.filename().string());
}

AtomicFile::AtomicFile(fs::path path, Disk& disk) : disk_(&disk), path_(std::move(path)) {
  require(path_.has_filename(), "cannot create '{}': it names no file", path_.string());
  std::error_code missing;
  const fs::file_status there = fs::status(path_, missing);
  require(!fs::is_directory(there), "cannot create {}: it is a directory", path_.string());
  // A link stays a link: what it points to is replaced. A device (/dev/stdout) has no other name to be written under.
  if (fs::is_symlink(fs::symlink_status(path_, missing)) && fs::is_regular_file(there)) path_ = fs::canonical(path_);
  partial_ = fs::exists(there) && !fs::is_regular_file(there) ? path_ : partial_path(path_);
  try {
    file_ = disk_->create(partial_);
  } catch (const Error& error) {
    // The user knows the file by its own name.
    throw error.within(fmt::format("while writing {}", path_.string()));
  }
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : disk_(other.disk_),
      path_(std::move(other.path_)),
      partial_(std::move(other.partial_)),
      file_(std::exchange(other.file_, -1)) {}

AtomicFile::~AtomicFile() {
  if (file_ < 0) return;
  ::close(file_);
  if (partial_ == path_) return;
  try {
    disk_->remove(partial_);
  } catch (const Error&) {  // a destructor doesn't throw; the next writer of this name begins by emptying it
  }
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  disk_->write(file_, bytes, partial_);
}

void AtomicFile::commit() {
  disk_->sync(file_, partial_);
  if (partial_ == path_) return disk_->close(std::exchange(file_, -1), partial_);
  disk_->rename(partial_, path_);
  disk_->close(std::exchange(file_, -1), path_);
  disk_->sync_directory(path_.parent_path());
}

}  // namespace millet::io
