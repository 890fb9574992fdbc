#include "millet/io/mapped_file.h"

#include <doctest/doctest.h>

#include "millet/io/file.h"
#include "tests/io/error_of.h"
#include "tests/io/temporary_directory.h"

using namespace millet::io;

TEST_CASE("a mapped file shows its bytes, also after it moved and lost its name") {
  const TemporaryDirectory dir;
  write_file_atomically(dir / "f", "text");
  MappedFile file(dir / "f");
  MappedFile moved = std::move(file);
  std::filesystem::remove(dir / "f");
  CHECK(moved.text() == "text");
  CHECK(moved.bytes().size() == 4);
  CHECK(file.text().empty());
  moved = MappedFile();
  CHECK(moved.bytes().empty());
}

TEST_CASE("an empty file maps to no bytes") {
  const TemporaryDirectory dir;
  write_file_atomically(dir / "f", "");
  CHECK(MappedFile(dir / "f").bytes().empty());
}

TEST_CASE("what cannot be mapped is named with the reason") {
  const TemporaryDirectory dir;
  CHECK(error_of([&] { MappedFile(dir / "none"); }) ==
        "cannot read " + (dir / "none").string() + ": there is no such file");
  CHECK(error_of([&] { MappedFile(dir.path()); }).find("it is a directory, pipe or device") != std::string::npos);
  CHECK(error_of([&] { MappedFile("/dev/null"); }).find("it is a directory, pipe or device") != std::string::npos);
}
