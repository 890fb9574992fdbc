#include "millet/io/file.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "millet/core/error.h"
#include "tests/io/error_of.h"
#include "tests/io/failing_disk.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::io;
namespace fs = std::filesystem;

TEST_CASE("what was written is read, also nothing and zero bytes") {
  const TemporaryDirectory dir;
  std::string large(300000, 'x');
  large[1000] = '\0';
  for (const std::string& text : {std::string(), std::string("a\n"), large}) {
    write_file_atomically(dir / "f", text);
    CHECK(read_file(dir / "f") == text);
  }
  CHECK(list_directory(dir.path()) == std::vector<std::string>{"f"});
}

TEST_CASE("files that say nothing of their size are read whole") {
  CHECK(read_file("/proc/self/stat").size() > 20);
}

TEST_CASE("what cannot be read is named with the reason") {
  const TemporaryDirectory dir;
  CHECK(error_of([&] { read_file(dir / "none"); }) ==
        "cannot read " + (dir / "none").string() + ": there is no such file");
  CHECK(error_of([&] { read_file(dir.path()); }) == "cannot read " + dir.path().string() + ": it is a directory");
  CHECK(error_of([&] { open_file(dir / "none"); }) ==
        "cannot read " + (dir / "none").string() + ": there is no such file");
  CHECK(error_of([&] { open_file(dir.path()); }) == "cannot read " + dir.path().string() + ": it is a directory");
  CHECK(error_of([&] { read_file("/dev/zero"); }).starts_with("cannot read /dev/zero: it is no file, and gives more"));
  CHECK(error_of([&] { list_directory(dir / "none"); }).starts_with("cannot list the directory"));
}

TEST_CASE("whichever call fails, the file is the old one or the new one, and a partial file never stays") {
  for (const bool dies : {false, true}) {
    for (int n = 1;; ++n) {
      CAPTURE(dies);
      CAPTURE(n);
      const TemporaryDirectory dir;
      write_file_atomically(dir / "f", "old");
      FailingDisk disk(n, dies);
      bool threw = false;
      try {
        write_file_atomically(dir / "f", "new and longer", disk);
      } catch (const Error&) {
        threw = true;
      }
      const std::string found = read_file(dir / "f");
      CHECK((found == "new and longer" || (threw && found == "old")));
      if (!dies && disk.failed()) CHECK(list_directory(dir.path()) == std::vector<std::string>{"f"});
      write_file_atomically(dir / "f", "newest");  // the next one is not disturbed by what is left
      CHECK(read_file(dir / "f") == "newest");
      CHECK(list_directory(dir.path()) == std::vector<std::string>{"f"});
      if (!disk.failed()) {
        CHECK_FALSE(threw);
        CHECK(n > 4);
        break;
      }
    }
  }
}

TEST_CASE("bytes are on the disk before the name is") {
  const TemporaryDirectory dir;
  FailingDisk disk;
  write_file_atomically(dir / "f", "text", disk);
  std::string order;
  for (const auto& call : disk.calls()) order += call.name + " ";
  CHECK(order == "create write sync rename close sync_directory ");
}

TEST_CASE("a full disk is the disk's fault and the message says what to do") {
  try {
    write_file_atomically("/dev/full", "text");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::own);
    CHECK(std::string(error.what()) ==
          "cannot write /dev/full: the disk is full. Free some space or choose another place, then run the same "
          "command again");
  }
  CHECK(fs::is_character_file("/dev/full"));  // a device is written to, not replaced
}

TEST_CASE("a bad place is the user's fault") {
  const TemporaryDirectory dir;
  try {
    write_file_atomically(dir / "none/f", "text");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    CHECK(std::string(error.what()).find("there is no directory " + (dir / "none").string()) != std::string::npos);
  }
  CHECK(error_of([&] { write_file_atomically(dir.path(), "text"); }).find("it is a directory") != std::string::npos);
  CHECK(error_of([&] { write_file_atomically(dir.path() / "", "text"); }).find("names no file") != std::string::npos);
}

TEST_CASE("a link stays a link") {
  const TemporaryDirectory dir;
  write_file_atomically(dir / "target", "old");
  fs::create_symlink("target", dir / "link");
  write_file_atomically(dir / "link", "new");
  CHECK(fs::is_symlink(dir / "link"));
  CHECK(read_file(dir / "target") == "new");
}
