// The same words, whatever the corpus is packed in; and the merges that are learned of them.
#include "millet/data/corpus_words.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/core/host_device.h"
#include "tests/io/archives.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::data;

namespace {

using Words = std::map<std::string, int64_t>;

class Warnings final : public Log {
 public:
  void write(Level, std::string_view text) override { all += std::string(text) + "\n"; }
  std::string all;
};

struct Counted {
  Words words;
  DocumentCounts counts;
  std::string warnings;
};

Counted counted(const std::vector<std::filesystem::path>& sources, const std::string& key = "text", int threads = 2,
                size_t stretch = text::WordCounter::kStretch) {
  HostDevice device;
  Context ctx(device, threads);
  const io::Json json = text::PreTokenizer::byte_level_json(text::WordPattern::gpt2, false);
  text::WordCounter counter(text::PreTokenizer::read(&json), {"<eos>"}, stretch);
  Warnings log;
  Counted out;
  int64_t last = 0;
  out.counts = count_words(ctx, sources, counter,
                           {.key = key,
                            .on_progress =
                                [&](int64_t done, int64_t total) {
                                  CHECK(done >= last);
                                  CHECK(done <= total);
                                  last = done;
                                }},
                           log);
  const text::WordCounts words = counter.take();
  words.for_each([&](std::string_view word, int64_t count) { out.words[std::string(word)] = count; });
  out.warnings = log.all;
  return out;
}

const std::vector<std::string> kTexts = {"low lower\n", "new \xE4\xB8\xAD\xE5\x9B\xBD \"low\"<eos>low",
                                         "\ttab\n\n low"};

std::string as_lines() {
  return "{\"text\": \"low lower\\n\"}\n{\"id\": 3, \"text\": \"new \\u4e2d\\u56fd \\\"low\\\"<eos>low\"}\n"
         "{\"text\": \"\\ttab\\n\\n low\"}\n";
}

}  // namespace

TEST_CASE("text files, JSON lines, arrays and archives of the same texts give the same words") {
  const TemporaryDirectory scratch;
  std::vector<std::filesystem::path> texts;
  for (size_t i = 0; i < kTexts.size(); ++i) {
    texts.push_back(scratch / ("texts/" + std::to_string(i) + ".txt"));
    std::filesystem::create_directories(texts.back().parent_path());
    io::write_file_atomically(texts.back(), (i == 1 ? "\xEF\xBB\xBF" : "") + kTexts[i]);
  }
  const Counted plain = counted(texts);
  CHECK(plain.words.at("low") == 3);
  CHECK(plain.words.at(" low") == 1);
  CHECK(plain.words.at(" \xE4\xB8\xAD\xE5\x9B\xBD") == 1);
  CHECK_FALSE(plain.words.contains("<eos>"));
  CHECK(plain.counts.documents == 3);
  int64_t bytes = 0;
  for (const std::string& text : kTexts) bytes += static_cast<int64_t>(text.size());
  CHECK(plain.counts.bytes == bytes);

  std::string array = as_lines();
  for (size_t at = array.find("}\n{"); at != std::string::npos; at = array.find("}\n{", at)) array.replace(at, 2, "},");
  io::write_file_atomically(scratch / "a.jsonl", as_lines());
  io::write_file_atomically(scratch / "b.jsonl.gz", gzip_of(as_lines()));
  io::write_file_atomically(scratch / "c.ndjson.zst", zstd_of(as_lines()));
  io::write_file_atomically(scratch / "d.json", "[" + array + "]");
  for (const char* name : {"texts", "a.jsonl", "b.jsonl.gz", "c.ndjson.zst", "d.json"}) {
    CAPTURE(name);
    const Counted other = counted({scratch / name});
    CHECK(other.words == plain.words);
    CHECK(other.counts.documents == 3);
    CHECK(other.counts.bytes == bytes);
    CHECK(other.warnings.empty());
  }
  io::write_file_atomically(scratch / "0.txt.gz", gzip_of(kTexts[0]));
  CHECK(counted({scratch / "0.txt.gz", texts[1], texts[2]}).words == plain.words);
  io::write_file_atomically(scratch / "key.jsonl", "{\"content\": \"low lower\\n\"}\n");
  CHECK(counted({scratch / "key.jsonl"}, "content").words.at("low") == 1);
}

TEST_CASE("texts longer than a stretch and many threads change no count") {
  const TemporaryDirectory scratch;
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (int w = 0; w < i; ++w) text += fmt::format("w{} ", (i * 7 + w) % 50);
    lines += "{\"text\": \"x" + text + "\"}\n";
  }
  io::write_file_atomically(scratch / "a.jsonl", lines);
  const Counted once = counted({scratch / "a.jsonl"}, "text", 1);
  CHECK(counted({scratch / "a.jsonl"}, "text", 3).words == once.words);
  CHECK(counted({scratch / "a.jsonl"}, "text", 2, 100).words == once.words);
}

TEST_CASE("what is left out is counted and named; a missing source is told before any is read") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl", "{\"text\": \"one\"}\nbroken\n{\"id\": 1}\n{\"text\": \" \"}\n");
  io::write_file_atomically(scratch / "empty.txt", "");
  io::write_file_atomically(scratch / "latin1.txt", "caf\xE9");
  const Counted c = counted({scratch / "a.jsonl", scratch / "empty.txt", scratch / "latin1.txt"});
  CHECK(c.counts.documents == 2);
  CHECK(c.counts.files == 3);
  CHECK(c.counts.of(Flaw::broken_line).first.front().find("a.jsonl:2:") != std::string::npos);
  CHECK(c.counts.of(Flaw::without_text).count == 1);
  CHECK(c.counts.of(Flaw::empty).count == 2);
  CHECK(c.counts.of(Flaw::empty).first.back().ends_with("empty.txt"));
  CHECK(c.warnings.find("latin1.txt: 1 places are not UTF-8, the first at byte 3") != std::string::npos);
  CHECK_THROWS_WITH_AS(counted({scratch / "a.jsonl", scratch / "none"}), doctest::Contains("there is no such file"),
                       Error);
  const std::string gz = gzip_of(kTexts[0]);
  io::write_file_atomically(scratch / "cut.txt.gz", gz.substr(0, gz.size() - 4));
  CHECK_THROWS_WITH_AS(counted({scratch / "cut.txt.gz"}), doctest::Contains("is cut off"), Error);
}
