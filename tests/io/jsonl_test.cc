#include "millet/io/jsonl.h"

#include <doctest/doctest.h>

#include "millet/io/file.h"
#include "tests/io/error_of.h"
#include "tests/io/failing_disk.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::io;

namespace {

struct Warnings : Log {
  std::string text;
  void write(Level, std::string_view line) override { text += std::string(line) + "\n"; }
};

Json step(int n) {
  return Json::object({{"step", n}});
}

}  // namespace

TEST_CASE("lines that were appended are read back with their numbers and offsets") {
  const TemporaryDirectory dir;
  {
    JsonlWriter writer(dir / "m.jsonl");
    writer.append(step(1));
    writer.append(Json("two\nlines"));
    writer.sync();
  }
  JsonlWriter(dir / "m.jsonl").append(step(3));
  const std::string text = read_file(dir / "m.jsonl");
  CHECK(text == "{\"step\":1}\n\"two\\nlines\"\n{\"step\":3}\n");
  JsonlReader reader(dir / "m.jsonl");
  CHECK(reader.next()->value == step(1));
  CHECK(reader.next()->value.as_string() == "two\nlines");
  const auto third = reader.next();
  REQUIRE(third.has_value());
  CHECK(third->number == 3);
  CHECK(text.substr(static_cast<size_t>(third->offset)) == "{\"step\":3}\n");
  CHECK_FALSE(reader.next().has_value());
  CHECK(reader.torn().empty());
}

TEST_CASE("a line torn at any byte is dropped and reported, the lines before it stay") {
  const std::string whole = "{\"step\":1}\n{\"step\":2,\"text\":\"中\"}\n";
  const size_t first = 11;
  for (size_t bytes = first; bytes < whole.size(); ++bytes) {
    CAPTURE(bytes);
    const TemporaryDirectory dir;
    const bool complete = bytes + 1 == whole.size();  // the line break alone is missing
    write_file_atomically(dir / "m.jsonl", whole.substr(0, bytes));
    Warnings log;
    CHECK(read_jsonl(dir / "m.jsonl", log).size() == (complete ? 2 : 1));
    if (bytes == first || complete)
      CHECK(log.text.empty());
    else
      CHECK(log.text == fmt::format("{}:2: the last line is torn, {} bytes are dropped\n", (dir / "m.jsonl").string(),
                                    bytes - first));

    JsonlWriter writer(dir / "m.jsonl");
    CHECK(writer.cut_bytes() == (complete ? 0 : static_cast<int64_t>(bytes - first)));
    writer.append(step(9));
    const std::string kept = complete ? whole : whole.substr(0, first);
    CHECK(read_file(dir / "m.jsonl") == kept + "{\"step\":9}\n");
  }
}

TEST_CASE("a number without a line break may be half of one, so it is torn") {
  const TemporaryDirectory dir;
  write_file_atomically(dir / "m.jsonl", "1\n23");
  Warnings log;
  CHECK(read_jsonl(dir / "m.jsonl", log).size() == 1);
  CHECK(log.text.find(":2: the last line is torn, 2 bytes") != std::string::npos);
}

TEST_CASE("a broken line in the middle is an error with its line and column") {
  const TemporaryDirectory dir;
  write_file_atomically(dir / "m.jsonl", "{\"a\":1}\n\n{\"a\":}\n{\"a\":2}\n");
  CHECK(error_of([&] { read_jsonl(dir / "m.jsonl"); }).starts_with((dir / "m.jsonl").string() + ":3:6: unexpected"));
}

TEST_CASE("an error of a value names its line") {
  const TemporaryDirectory dir;
  write_file_atomically(dir / "m.jsonl", "{\"a\":1}\n{\"a\":\"x\"}\n");
  const auto lines = read_jsonl(dir / "m.jsonl");
  CHECK(error_of([&] { lines.at(1).at("a").as_int(); }) ==
        (dir / "m.jsonl").string() + ":2: a is a string, not an integer");
}

TEST_CASE("blank lines and carriage returns are no lines of their own") {
  const TemporaryDirectory dir;
  write_file_atomically(dir / "m.jsonl", "\r\n{\"a\":1}\r\n  \n{\"a\":2}\r\n");
  CHECK(read_jsonl(dir / "m.jsonl").size() == 2);
}

TEST_CASE("a failed append leaves no part of its line and the next one stands alone") {
  const TemporaryDirectory dir;
  FailingDisk disk(4, false, ENOSPC);  // open, sync_directory, write, write
  JsonlWriter writer(dir / "m.jsonl", disk);
  writer.append(step(1));
  CHECK(error_of([&] { writer.append(step(2)); }).find("the disk is full") != std::string::npos);
  writer.append(step(3));
  CHECK(read_file(dir / "m.jsonl") == "{\"step\":1}\n{\"step\":3}\n");
}

TEST_CASE("a missing file and a directory are named") {
  const TemporaryDirectory dir;
  CHECK(error_of([&] { JsonlReader(dir / "none.jsonl"); }) ==
        "cannot read " + (dir / "none.jsonl").string() + ": there is no such file");
  CHECK(error_of([&] { JsonlReader(dir.path()); }).find("it is a directory") != std::string::npos);
}
