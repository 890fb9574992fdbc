#include "millet/io/disk.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/error_of.h"
#include "tests/io/failing_disk.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::io;
namespace fs = std::filesystem;

TEST_CASE("every call passes the hook, so every call can be made to fail") {
  const TemporaryDirectory dir;
  write_file_atomically(dir / "f", "text");
  fs::create_directory(dir / "d");
  const auto bytes = std::as_bytes(std::span("text", 4));
  const int file = Disk::real().create(dir / "open");
  const std::vector<std::function<void(Disk&)>> calls = {
      [&](Disk& d) { d.create(dir / "new"); },
      [&](Disk& d) { d.open_to_append(dir / "new"); },
      [&](Disk& d) { d.write(file, bytes, dir / "open"); },
      [&](Disk& d) { d.truncate(file, 0, dir / "open"); },
      [&](Disk& d) { d.sync(file, dir / "open"); },
      [&](Disk& d) { d.close(dup(file), dir / "open"); },
      [&](Disk& d) { d.sync_file(dir / "f"); },
      [&](Disk& d) { d.make_directory(dir / "new"); },
      [&](Disk& d) { d.make_directories(dir / "new"); },
      [&](Disk& d) { d.sync_directory(dir.path()); },
      [&](Disk& d) { d.rename(dir / "f", dir / "new"); },
      [&](Disk& d) { d.exchange(dir / "f", dir / "d"); },
      [&](Disk& d) { d.remove(dir / "f"); },
      [&](Disk& d) { d.remove_all(dir / "f"); },
  };
  for (size_t i = 0; i < calls.size(); ++i) {
    CAPTURE(i);
    FailingDisk disk(1, false, ENOSPC);
    const std::string error = error_of([&] { calls[i](disk); });
    CHECK(error.find("the disk is full") != std::string::npos);
    CHECK(error.find(dir.path().string()) != std::string::npos);
    CHECK(disk.calls().size() == 1);
  }
  CHECK(list_directory(dir.path()) == std::vector<std::string>{"d", "f", "open"});
  CHECK(read_file(dir / "open") == "te");  // a failing write leaves half behind
  close(file);
}

TEST_CASE("directories are made with those above them, and never in place of a file") {
  const TemporaryDirectory dir;
  Disk::real().make_directories(dir / "a/b/c/");
  Disk::real().make_directories(dir / "a/b/c");
  Disk::real().make_directories("");
  CHECK(fs::is_directory(dir / "a/b/c"));
  write_file_atomically(dir / "file", "");
  const std::string wanted = "cannot make the directory " + (dir / "file").string() + ": it is a file";
  CHECK(error_of([&] { Disk::real().make_directories(dir / "file"); }).starts_with(wanted));
  CHECK(error_of([&] { Disk::real().make_directories(dir / "file/x/y"); }).starts_with(wanted));
}

TEST_CASE("two directories change names in one step") {
  const TemporaryDirectory dir;
  fs::create_directory(dir / "a");
  fs::create_directory(dir / "b");
  write_file_atomically(dir / "a/f", "of a");
  write_file_atomically(dir / "b/f", "of b");
  Disk::real().exchange(dir / "a", dir / "b");
  CHECK(read_file(dir / "a/f") == "of b");
  CHECK(read_file(dir / "b/f") == "of a");
}

TEST_CASE("removing a tree removes links and not what they point to") {
  const TemporaryDirectory dir;
  fs::create_directories(dir / "tree/inner");
  fs::create_directory(dir / "kept");
  write_file_atomically(dir / "kept/f", "text");
  write_file_atomically(dir / "tree/inner/f", "text");
  fs::create_directory_symlink(dir / "kept", dir / "tree/link");
  Disk::real().remove_all(dir / "tree");
  Disk::real().remove_all(dir / "tree");  // nothing there: nothing to do
  CHECK(list_directory(dir.path()) == std::vector<std::string>{"kept"});
  CHECK(read_file(dir / "kept/f") == "text");
}

TEST_CASE("the path's mistakes are the user's, the disk's are not") {
  const TemporaryDirectory dir;
  const auto fault_of = [&](int error) {
    FailingDisk disk(1, false, error);
    try {
      disk.make_directory(dir / "d");
    } catch (const Error& e) {
      return e.fault();
    }
    FAIL("no error");
    return Fault::own;
  };
  for (const int error : {ENOENT, ENOTDIR, EACCES, EPERM, EROFS, EISDIR, ENAMETOOLONG})
    CHECK(fault_of(error) == Fault::input);
  for (const int error : {ENOSPC, EDQUOT, EIO, EMFILE}) CHECK(fault_of(error) == Fault::own);
}
