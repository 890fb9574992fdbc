#include "millet/data/documents.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/core/test_data.h"
#include "tests/io/archives.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::data;

namespace {

struct Read {
  std::vector<std::string> texts;
  DocumentCounts counts;
};

Read read(const std::filesystem::path& path, std::string_view key = "text") {
  Read r;
  read_documents(document_files(path, r.counts), key, r.counts, [&](const Document& document) {
    r.texts.emplace_back(document.text);
    return true;
  });
  return r;
}

class Lines final : public Log {
 public:
  void write(Level, std::string_view text) override { all += std::string(text) + "\n"; }
  std::string all;
};

}  // namespace

TEST_CASE("a text file is one document, a line of JSON is one, whatever they are packed in") {
  const TemporaryDirectory scratch;
  const std::string json = "{\"text\": \"one\"}\n\n{\"id\": 7, \"text\": \"zw\\u00f6lf\"}";
  io::write_file_atomically(scratch / "a.txt", "\xEF\xBB\xBFone\n\ntwo\n");
  io::write_file_atomically(scratch / "b.txt.gz", gzip_of("one\n\ntwo\n"));
  io::write_file_atomically(scratch / "c.jsonl", json);
  io::write_file_atomically(scratch / "d.json.gz", gzip_of(json));
  io::write_file_atomically(scratch / "e.ndjson.zst", zstd_of(json));
  io::write_file_atomically(scratch / "f.any", json);
  for (const char* name : {"a.txt", "b.txt.gz"})
    CHECK(read(scratch / name).texts == std::vector<std::string>{"one\n\ntwo\n"});
  for (const char* name : {"c.jsonl", "d.json.gz", "e.ndjson.zst"})
    CHECK(read(scratch / name).texts == std::vector<std::string>{"one", "zw\xC3\xB6lf"});
  CHECK(read(scratch / "f.any").texts == std::vector<std::string>{json});
  CHECK(read(scratch / "c.jsonl").counts.bytes == 9);
  DocumentCounts counts;
  std::string lines;
  const auto collect = [&](const Document& d) {
    lines += std::string(d.line) + "|";
    return true;
  };
  for (const char* name : {"c.jsonl", "a.txt"})
    read_documents(document_files(scratch / name, counts), "text", counts, collect);
  CHECK(lines == "{\"text\": \"one\"}|{\"id\": 7, \"text\": \"zw\\u00f6lf\"}||");
}

TEST_CASE("a .json file may be one array of records, which are read item by item") {
  const TemporaryDirectory scratch;
  const std::string array =
      "[\n  {\n    \"text\": \"one\"\n  },\n  {\"id\": 1, \"text\": \"two\", \"id\": 2},\n  {\"no\": 1},\n  {\"text\": "
      "},\n"
      "  {\"text\": \"\"},\n  {\"text\": \"caf\xE9\"}\n]\n";
  io::write_file_atomically(scratch / "a.json", array);
  io::write_file_atomically(scratch / "b.json.zst", zstd_of(array));
  for (const char* name : {"a.json", "b.json.zst"}) {
    const Read r = read(scratch / name);
    CHECK(r.texts == std::vector<std::string>{"one", "two", "caf\xEF\xBF\xBD"});
    CHECK(r.counts.of(Flaw::without_text).first.front().ends_with(": [2]: no 'text' in an object"));
    CHECK(r.counts.of(Flaw::broken_line).count == 1);
    CHECK(r.counts.of(Flaw::broken_line).first.front().find(": [3]:1:") != std::string::npos);
    CHECK(r.counts.of(Flaw::empty).first.front().ends_with(": [4]"));
    CHECK(r.counts.of(Flaw::not_utf8).first.front().find(":9: byte 0xE9") != std::string::npos);
  }
  DocumentCounts counts;
  std::string lines;
  read_documents(document_files(scratch / "a.json", counts), "text", counts, [&](const Document& d) {
    lines += std::string(d.line) + "|";
    return counts.documents < 2;
  });
  CHECK(lines == "{\"text\":\"one\"}|{\"id\":2,\"text\":\"two\"}|");
  io::write_file_atomically(scratch / "cut.json", "[{\"text\": \"one\"}, {\"text\": \"tw");
  const Read cut = read(scratch / "cut.json");
  CHECK(cut.texts == std::vector<std::string>{"one"});
  CHECK(cut.counts.of(Flaw::broken_line).first.back().ends_with("its array does not end where the file does"));
  io::write_file_atomically(scratch / "one.json", "{\"text\": \"a line\"}");
  CHECK(read(scratch / "one.json").texts == std::vector<std::string>{"a line"});
}

TEST_CASE("a directory is read through in the order of its paths") {
  const TemporaryDirectory scratch;
  for (const char* name :
       {"b/2.txt", "b/1.md", "a.jsonl", "c.txt.zst", "d.JSONL", "pictures/x.png", ".hidden/y.txt", ".z.txt"}) {
    const std::filesystem::path path = scratch / name;
    std::filesystem::create_directories(path.parent_path());
    const std::string text = std::string(name).ends_with("jsonl")   ? "{\"text\": \"a.jsonl\"}"
                             : std::string(name).ends_with("JSONL") ? "{\"text\": \"d\"}"
                                                                    : name;
    io::write_file_atomically(path, text.ends_with(".zst") ? zstd_of(text) : text);
  }
  std::filesystem::create_directory_symlink(scratch.path(), scratch / "b/round");
  const Read r = read(scratch.path());
  CHECK(r.texts == std::vector<std::string>{"a.jsonl", "b/1.md", "b/2.txt", "c.txt.zst", "d"});
  CHECK(r.counts.files == 5);
  CHECK(r.counts.of(Flaw::other_directory).count == 2);  // .hidden and b/round
  CHECK(r.counts.of(Flaw::other_file).count == 1);
  CHECK(r.counts.of(Flaw::other_file).first.front().ends_with("pictures/x.png"));
}

TEST_CASE("what is wrong is counted and named, and the rest is read") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "bad.jsonl",
                            "{\"text\": \"good\"}\n"
                            "{\"text\": \"torn\n"
                            "{\"content\": \"another key\"}\n"
                            "{\"text\": 17}\n"
                            "[1, 2]\n"
                            "{\"text\": \"caf\xE9 au lait\"}\n"
                            "{\"text\": \" \\n\"}\n"
                            "{\"text\": \"half \\ud800\"}\n"
                            "{\"text\": \"first\", \"id\": 1, \"text\": \"last\"}\n"
                            "{\"text\": \"good, too\"}\n"
                            "{\"text\": \"cut of");
  const Read r = read(scratch / "bad.jsonl");
  CHECK(r.texts ==
        std::vector<std::string>{"good", "caf\xEF\xBF\xBD au lait", "half \xEF\xBF\xBD", "last", "good, too"});
  CHECK(r.counts.of(Flaw::broken_line).count == 2);
  CHECK(r.counts.of(Flaw::broken_line).first[0].find("bad.jsonl:2:") != std::string::npos);
  CHECK(r.counts.of(Flaw::without_text).count == 3);
  CHECK(r.counts.of(Flaw::without_text).first[0].ends_with("bad.jsonl:3: no 'text' in an object"));
  CHECK(r.counts.of(Flaw::without_text).first[1].ends_with("bad.jsonl:4: 'text' is an integer"));
  CHECK(r.counts.of(Flaw::not_utf8).count == 1);
  CHECK(r.counts.of(Flaw::not_utf8).first[0].ends_with("bad.jsonl:6: byte 0xE9 is part of no character"));
  CHECK(r.counts.of(Flaw::empty).count == 1);
  CHECK(r.counts.of(Flaw::empty).first[0].ends_with("bad.jsonl:7"));
  CHECK(r.counts.documents == 5);
  CHECK(read(scratch / "bad.jsonl", "content").texts == std::vector<std::string>{"another key"});

  Lines log;
  r.counts.tell(log);
  CHECK(log.all.find("2 lines are no JSON and left out:\n    ") != std::string::npos);
  const io::Json json = r.counts.to_json();
  CHECK(json.at("flaws").at("empty").at("count").as_int() == 1);
  CHECK(json.at("documents").as_int() == 5);
}

TEST_CASE("texts are mended the same way, with the line of the first bad byte") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "latin1.txt", "one\ntwo \xE9\xE9\n");
  const Read r = read(scratch / "latin1.txt");
  CHECK(r.texts == std::vector<std::string>{"one\ntwo \xEF\xBF\xBD\xEF\xBF\xBD\n"});
  CHECK(r.counts.of(Flaw::not_utf8).first[0].ends_with("latin1.txt:2: byte 0xE9 is part of no character"));
  io::write_file_atomically(scratch / "empty.txt", "");
  CHECK(read(scratch / "empty.txt").counts.of(Flaw::empty).count == 1);
}

TEST_CASE("only the first places are kept, however many there are") {
  DocumentCounts counts;
  for (int i = 0; i < 1000; ++i) counts.add(Flaw::empty, std::to_string(i));
  CHECK(counts.of(Flaw::empty).count == 1000);
  CHECK(counts.of(Flaw::empty).first == std::vector<std::string>{"0", "1", "2", "3", "4"});
}

TEST_CASE("reading ends when it is told to") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl", "{\"text\": \"1\"}\n{\"text\": \"2\"}\n");
  DocumentCounts counts;
  read_documents(document_files(scratch / "a.jsonl", counts), "text", counts, [](const Document&) { return false; });
  CHECK(counts.documents == 1);
}

TEST_CASE("what is missing, a pipe or a device, or a broken archive is refused by name") {
  const TemporaryDirectory scratch;
  CHECK_THROWS_WITH_AS(read("/dev/zero"), doctest::Contains("/dev/zero is no regular file"), Error);
  CHECK_THROWS_WITH_AS(read(scratch / "none.txt"), doctest::Contains("none.txt: there is no such file"), Error);
  std::filesystem::create_directories(scratch / "shards");
  for (const char* name : {"shards.json", "tokenizer.json"}) io::write_file_atomically(scratch / "shards" / name, "{}");
  CHECK_THROWS_WITH_AS(read(scratch / "shards"), doctest::Contains("is a directory of token shards"), Error);
  const std::string gz = gzip_of("{\"text\": \"one\"}\n");
  io::write_file_atomically(scratch / "cut.jsonl.gz", gz.substr(0, gz.size() - 4));
  CHECK_THROWS_WITH_AS(read(scratch / "cut.jsonl.gz"), doctest::Contains("cut.jsonl.gz is cut off"), Error);
}

TEST_CASE("the web pages of C4 are all read") {
  if (!tests::has_test_data("text/c4_demo.jsonl")) return;
  const Read r = read(tests::kTestData / "text/c4_demo.jsonl");
  CHECK(r.texts.size() == 300);
  CHECK(r.counts.to_json().at("flaws").size() == 0);
}
