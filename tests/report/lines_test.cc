#include "millet/report/lines.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/error_of.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::report;

namespace {

std::string lines_of(const std::filesystem::path& file) {
  std::string out;
  for_each_line(file, [&](std::string_view line, int64_t number) {
    require(line != "bad", "a bad line");
    out += std::to_string(number) + std::string(line) + " ";
  });
  return out;
}

}  // namespace

TEST_CASE("whole lines are read with their numbers, a torn last one is not") {
  const TemporaryDirectory tmp;
  const auto file = tmp.path() / "x.jsonl";
  CHECK(lines_of(file).empty());  // missing
  io::write_file_atomically(file, "a\n\nb\nc");
  CHECK(lines_of(file) == "1a 3b ");
  io::write_file_atomically(file, "a\nbad\n");
  CHECK(lines_of(file) == "1a ");
  io::write_file_atomically(file, "bad\na\n");
  CHECK(error_of([&] { lines_of(file); }).find("x.jsonl:1: a bad line") != std::string::npos);
}

TEST_CASE("filtering keeps what is wanted, and a missing file missing") {
  const TemporaryDirectory tmp;
  const auto file = tmp.path() / "x.jsonl";
  filter_lines(file, [](std::string_view) { return true; });
  CHECK_FALSE(std::filesystem::exists(file));
  io::write_file_atomically(file, "a\nb\nab\nto");
  filter_lines(file, [](std::string_view line) { return line.starts_with("a"); });
  CHECK(io::read_file(file) == "a\nab\n");
}
