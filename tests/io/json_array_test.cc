#include "millet/io/json_array.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "millet/io/file.h"
#include "tests/io/archives.h"
#include "tests/io/temporary_directory.h"

using namespace millet::io;

namespace {

struct Read {
  std::vector<std::string> items;
  std::vector<int64_t> lines;
  bool whole = false;
};

Read items_of(std::string_view text, size_t longest = 1000) {
  const TemporaryDirectory scratch;
  write_file_atomically(scratch / "a.json", text);
  InputStream in(scratch / "a.json");
  JsonArrayReader reader(in, longest);
  Read read;
  for (JsonArrayReader::Item item; reader.next(item);) {
    CHECK(item.index == static_cast<int64_t>(read.items.size()));
    read.items.push_back(item.text + (item.too_long ? "…" : ""));
    read.lines.push_back(item.line);
  }
  read.whole = reader.whole();
  return read;
}

using Items = std::vector<std::string>;

}  // namespace

TEST_CASE("items end at the commas between them, whatever stands within") {
  const Read read =
      items_of("\xEF\xBB\xBF [1,\n {\"a\": [1, 2], \"b\": \"],}\\\"\\\\\"} , [[], {}],\"\\\\\" , \"x,y\"\n]\n");
  CHECK(read.items == Items{"1", R"({"a": [1, 2], "b": "],}\"\\"})", "[[], {}]", "\"\\\\\"", "\"x,y\""});
  CHECK(read.lines == std::vector<int64_t>{1, 2, 2, 2, 2});
  CHECK(read.whole);
  CHECK(items_of("[]").items.empty());
  CHECK(items_of(" [ \n ] ").whole);
}

TEST_CASE("what is no array to its end is given as far as it goes, and told") {
  CHECK(items_of("[1, {\"a\"").items == Items{"1", "{\"a\""});
  CHECK_FALSE(items_of("[1, {\"a\"").whole);
  CHECK_FALSE(items_of("[1").whole);
  CHECK_FALSE(items_of("[1]\n[2]").whole);
  CHECK_FALSE(items_of("").whole);
  CHECK(items_of("[1,]").items == Items{"1", ""});
  CHECK(items_of("[{]}, 2]").items == Items{"{]}", "2"});
}

TEST_CASE("of an item that is too long the beginning is kept, and those behind it are read") {
  CHECK(items_of("[\"abcdefgh\", 2]", 5).items == Items{"\"abcd…", "2"});
  const std::string text = "[" + std::string(200'000, ' ') + "\"" + std::string(200'000, 'x') + "\", 7]";
  const Read read = items_of(text, 1'000'000);
  REQUIRE(read.items.size() == 2);
  CHECK(read.items[0].size() == 200'002);
}

TEST_CASE("an array is known by its bracket, behind white space and in archives too") {
  const TemporaryDirectory scratch;
  const auto begins = [&](std::string_view text) {
    write_file_atomically(scratch / "a", text);
    InputStream in(scratch / "a");
    return begins_as_array(in);
  };
  CHECK(begins("[1]"));
  CHECK(begins("\xEF\xBB\xBF\n\t [1]"));
  CHECK(begins(gzip_of("[1]")));
  CHECK_FALSE(begins("{\"a\": [1]}"));
  CHECK_FALSE(begins(""));
}
