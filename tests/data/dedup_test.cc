#include "millet/data/dedup.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/core/error.h"
#include "millet/data/near_duplicates.h"
#include "millet/io/file.h"
#include "millet/io/jsonl.h"
#include "tests/core/test_data.h"
#include "tests/io/archives.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::data;

namespace {

std::vector<std::string> texts_in(const std::filesystem::path& path) {
  std::vector<std::string> all;
  for (const io::Json& line : io::read_jsonl(path)) all.push_back(line.at("text").as_string());
  return all;
}

}  // namespace

TEST_CASE("of planted duplicates those go that Python's sets say, and datasketch's misses as well") {
  const std::filesystem::path golden = std::filesystem::path(MILLET_SOURCE_DIR) / "tests/golden/dedup/cases.jsonl.gz";
  const TemporaryDirectory scratch;
  DocumentCounts counts;
  std::vector<std::string> kept;
  std::vector<std::vector<uint64_t>> shingles;
  int rows = 0, exact = 0, near = 0;
  read_documents(document_files(golden, counts), "text", counts, [&](const Document& d) {
    const io::Json row = io::Json::parse(d.line);
    const std::vector<uint64_t> own = shingles_of(normalised(d.text));
    double nearest = 0;
    for (const std::vector<uint64_t>& other : shingles) nearest = std::max(nearest, jaccard(own, other));
    if (!row.at("exact").as_bool()) CHECK(nearest == row.at("nearest").as_double());  // the very same sets
    ++rows;
    exact += row.at("exact").as_bool() ? 1 : 0;
    near += row.at("near").as_bool() ? 1 : 0;
    if (row.at("exact").as_bool() || row.at("near").as_bool()) return true;
    kept.emplace_back(d.text);
    shingles.push_back(own);
    return true;
  });
  REQUIRE(rows > 80);
  CHECK(exact > 5);
  CHECK(near > 10);
  const DedupSummary s = remove_duplicates({golden}, scratch / "out.jsonl", {});
  CHECK(s.documents == rows);
  CHECK(s.exact == exact);
  CHECK(s.near == near);
  CHECK(s.kept == static_cast<int64_t>(kept.size()));
  CHECK(s.not_verified == 0);
  CHECK(texts_in(scratch / "out.jsonl") == kept);
  CHECK(s.counts.of(Flaw::without_text).count == 1);  // the head of the file
}

TEST_CASE("lines are kept as they stand, texts become lines, and the same input gives the same bytes") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(
      scratch / "a.jsonl.gz",
      gzip_of("{\"id\": 1, \"text\":\"one  two\"}\n{\"id\": 2, \"text\": \"One two\"}\nbroken\n"));
  io::write_file_atomically(scratch / "b.txt", "a \"quoted\" text\n");
  io::write_file_atomically(scratch / "c.txt", "A \"quoted\"\ntext");
  const std::vector<std::filesystem::path> sources{scratch / "a.jsonl.gz", scratch / "b.txt", scratch / "c.txt"};
  const DedupSummary s = remove_duplicates(sources, scratch / "out.jsonl", {});
  CHECK(io::read_file(scratch / "out.jsonl") ==
        "{\"id\": 1, \"text\":\"one  two\"}\n{\"text\":\"a \\\"quoted\\\" text\\n\"}\n");
  CHECK(s.documents == 4);
  CHECK(s.exact == 2);
  CHECK(s.kept == 2);
  CHECK(s.bytes == 8 + 7 + 16 + 15);
  CHECK(s.kept_bytes == 8 + 16);
  CHECK(s.counts.of(Flaw::broken_line).count == 1);
  CHECK(s.to_json().at("exact_duplicates").as_int() == 2);
  remove_duplicates(sources, scratch / "again.jsonl", {});
  CHECK(io::read_file(scratch / "again.jsonl") == io::read_file(scratch / "out.jsonl"));
}

TEST_CASE("lines with keys said twice and halves of characters, and records of an array, are kept and compared") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl",
                            "{\"text\": \"x\", \"text\": \"one two three four five six\"}\n"
                            "{\"text\": \"half \\ud800 one two three four five six seven\"}\n"
                            "{\"text\": \"half \\ud800 one two three four five six seven eight\"}\n");
  io::write_file_atomically(scratch / "b.json", "[{\"id\": 1,\n \"text\": \"an item\"}, {\"text\": \"An  item\"}]");
  const DedupSummary s =
      remove_duplicates({scratch / "a.jsonl", scratch / "b.json"}, scratch / "out.jsonl", {.threshold = 0.5});
  CHECK(s.documents == 5);
  CHECK(s.exact == 1);
  CHECK(s.near == 1);
  CHECK(io::read_file(scratch / "out.jsonl").ends_with("six seven\"}\n{\"id\":1,\"text\":\"an item\"}\n"));
}

TEST_CASE("what cannot be is refused by name, and leaves no file") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl", "{\"text\": \"one\"}\n{\"text\": \"two\"}\n");
  const std::vector<std::filesystem::path> a{scratch / "a.jsonl"};
  CHECK_THROWS_WITH_AS(remove_duplicates(a, scratch / "out", {.threshold = 0}), doctest::Contains("the threshold is 0"),
                       Error);
  CHECK_THROWS_WITH_AS(remove_duplicates(a, scratch / "out", {.max_documents = 1}),
                       doctest::Contains("more than 1 different documents: raise --max-documents"), Error);
  CHECK_THROWS_WITH_AS(remove_duplicates(a, scratch / "a.jsonl", {}),
                       doctest::Contains("would be read and written at once"), Error);
  io::write_file_atomically(scratch / "there.jsonl", "mine");
  CHECK_THROWS_WITH_AS(remove_duplicates(a, scratch / "there.jsonl", {}),
                       doctest::Contains("there.jsonl: it exists already: give another --out"), Error);
  CHECK(io::read_file(scratch / "there.jsonl") == "mine");
  std::filesystem::remove(scratch / "there.jsonl");
  CHECK_THROWS_WITH_AS(remove_duplicates(a, scratch / "k.jsonl.gz", {}), doctest::Contains("call it k.jsonl"), Error);
  CHECK_THROWS_WITH_AS(remove_duplicates(a, "/dev/null", {}), doctest::Contains("/dev/null is no regular file"), Error);
  CHECK(io::list_directory(scratch.path()) == std::vector<std::string>{"a.jsonl"});
}

TEST_CASE("documents that all share a band are compared at most so often, and that is told") {
  const TemporaryDirectory scratch;
  // Long common beginnings, ends of their own: similar below the threshold, so that all are kept.
  std::string lines;
  for (int i = 0; i < 200; ++i) {
    lines += "{\"text\": \"";
    for (int w = 0; w < 60; ++w) lines += fmt::format("common{} ", w);
    for (int w = 0; w < 12; ++w) lines += fmt::format("own{}x{} ", i, w);
    lines += "\"}\n";
  }
  io::write_file_atomically(scratch / "a.jsonl", lines);
  const DedupSummary s = remove_duplicates({scratch / "a.jsonl"}, scratch / "out", {});
  CHECK(s.kept == 200);
  CHECK(s.verified <= 200 * static_cast<int64_t>(kMostVerified));
  CHECK(s.candidates == s.verified + s.not_verified);
  CHECK(s.not_verified > 0);
}

TEST_CASE("C4's sample has no near duplicates among its pages; each page twice is found") {
  if (!tests::has_test_data("text/c4_demo.jsonl")) return;
  const TemporaryDirectory scratch;
  const std::filesystem::path c4 = tests::kTestData / "text/c4_demo.jsonl";
  const DedupSummary once = remove_duplicates({c4}, scratch / "out", {});
  const DedupSummary twice = remove_duplicates({c4, c4}, scratch / "twice", {});
  CHECK(once.documents == 300);
  CHECK(twice.exact == 300 + once.exact);
  CHECK(twice.kept == once.kept);
}
