#include "millet/data/shards.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/core/error.h"
#include "millet/data/streams.h"
#include "millet/io/checksum.h"
#include "millet/io/file.h"
#include "tests/io/archives.h"
#include "tests/io/failing_disk.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::data;

namespace {

std::string lines(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += fmt::format("{{\"text\": \"document {} of {}\"}}\n", i, i * 7919 % 1000);
  return all;
}

text::Tokenizer tokenizer() {
  return text::Tokenizer::bytes(std::vector<std::string>{"<|fim_begin|>", "<|fim_hole|>", "<|fim_end|>"});
}

std::vector<int32_t> all_of(const Corpus& corpus, const Spans& part) {
  std::vector<int32_t> ids(part.size());
  part.copy(*corpus.tokens, 0, ids);
  return ids;
}

std::vector<std::string> files_of(const std::filesystem::path& directory) {
  std::vector<std::string> all;
  for (const std::string& name : io::list_directory(directory)) {
    const std::string bytes = io::read_file(directory / name);
    if (name != "shards.json") all.push_back(name + ":" + io::checksum(std::as_bytes(std::span(bytes))));
  }
  return all;
}

}  // namespace

TEST_CASE("shards hold the corpus that is read without them, held out and filled in alike") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl.gz", gzip_of(lines(700) + "no JSON\n"));
  const text::Tokenizer t = tokenizer();
  const Corpus plain = read_corpus(scratch / "a.jsonl.gz", t, {.context = 8, .fim_rate = 0.1, .seed = 3});
  for (const int64_t shard_tokens : {1, 500, 1 << 20}) {
    const auto out = scratch / ("shards-" + std::to_string(shard_tokens));
    const ShardSummary made =
        write_shards({scratch / "a.jsonl.gz"}, t, out, {.fim_rate = 0.1, .seed = 3, .shard_tokens = shard_tokens});
    CHECK(made.finished);
    CHECK(made.documents == 700);
    CHECK(made.fim_documents == plain.fim_documents);
    CHECK(made.counts.of(Flaw::broken_line).count == 1);
    CHECK(made.shards >= made.tokens / (shard_tokens + 40));
    CHECK(made.shards <= std::min<int64_t>(700, made.tokens / shard_tokens + 1));
    CHECK(is_shards(out));
    const Corpus corpus = open_shards(out, t, 8);
    CHECK(all_of(corpus, corpus.training) == all_of(plain, plain.training));
    CHECK(all_of(corpus, corpus.validation) == all_of(plain, plain.validation));
    CHECK(corpus.to_json().at("fim_documents").as_int() == plain.fim_documents);
  }
}

TEST_CASE("a job that was ended goes on behind its last shard, to the same bytes") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl", lines(300));
  const text::Tokenizer t = tokenizer();
  ShardOptions options{.fim_rate = 0.2, .shard_tokens = 700};
  write_shards({scratch / "a.jsonl"}, t, scratch / "whole", options);
  int calls = 0;
  options.on_progress = [&](int64_t, int64_t) { return ++calls < 100; };
  const ShardSummary first = write_shards({scratch / "a.jsonl"}, t, scratch / "again", options);
  CHECK_FALSE(first.finished);
  CHECK(first.shards > 0);
  CHECK_FALSE(io::is_there(scratch / "again"));
  options.on_progress = {};
  const ShardSummary second = write_shards({scratch / "a.jsonl"}, t, scratch / "again/", options);
  CHECK(second.finished);
  CHECK(second.continued_from > 0);
  CHECK(second.continued_from < 100);
  CHECK(files_of(scratch / "again") == files_of(scratch / "whole"));
  CHECK(io::read_file(scratch / "again/shards.json") == io::read_file(scratch / "whole/shards.json"));

  // A shard that was torn meanwhile is made again, with all others.
  calls = 0;
  options.on_progress = [&](int64_t, int64_t) { return ++calls < 100; };
  write_shards({scratch / "a.jsonl"}, t, scratch / "torn", options);
  options.on_progress = {};
  const std::filesystem::path shard = scratch / ".torn.partial/shard-00000.tokens";
  std::filesystem::resize_file(shard, std::filesystem::file_size(shard) / 2);
  CHECK(write_shards({scratch / "a.jsonl"}, t, scratch / "torn", options).continued_from == 0);
  CHECK(files_of(scratch / "torn") == files_of(scratch / "whole"));

  // Other texts are not gone on with.
  calls = 0;
  options.on_progress = [&](int64_t, int64_t) { return ++calls < 100; };
  write_shards({scratch / "a.jsonl"}, t, scratch / "other", options);
  options.on_progress = {};
  io::write_file_atomically(scratch / "a.jsonl", lines(301));
  CHECK(write_shards({scratch / "a.jsonl"}, t, scratch / "other", options).continued_from == 0);
}

TEST_CASE("whichever disk call fails, there are whole shards or none, and the next call makes them") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl", lines(40));
  const text::Tokenizer t = tokenizer();
  const ShardOptions options{.shard_tokens = 200};
  write_shards({scratch / "a.jsonl"}, t, scratch / "whole", options);
  int failures = 0;
  for (int n = 1;; ++n) {
    const auto out = scratch / "out";
    FailingDisk disk(n);
    try {
      write_shards({scratch / "a.jsonl"}, t, out, options, Log::silent(), disk);
      if (static_cast<int>(disk.calls().size()) < n) break;
    } catch (const Error&) {
      ++failures;
    }
    if (io::is_there(out))
      CHECK_NOTHROW(open_shards(out, t, 8));
    else
      CHECK(write_shards({scratch / "a.jsonl"}, t, out, options).finished);
    CHECK(files_of(out) == files_of(scratch / "whole"));
    std::filesystem::remove_all(out);
  }
  CHECK(failures > 20);
}

TEST_CASE("a recipe reads shards by their own tokenizer, and as it reads the text") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl", lines(300));
  const text::Tokenizer t = tokenizer();
  t.save(scratch / "tokenizer");
  write_shards({scratch / "a.jsonl"}, t, scratch / "a", {});
  Config config{.source = (scratch / "a").string(), .context = 16};
  const text::Tokenizer own = make_tokenizer(config);
  CHECK(own.vocab_size() == t.vocab_size());
  const Streams shards = open_streams(config, own, 1);
  config.source = (scratch / "a.jsonl").string();
  config.tokenizer = (scratch / "tokenizer").string();
  const text::Tokenizer loaded = make_tokenizer(config);
  const Streams texts = open_streams(config, loaded, 1);
  CHECK(shards.validation[0].name == texts.validation[0].name);
  for (uint64_t i = 0; i < 50; ++i) CHECK(shards.train->at(i).tokens == texts.train->at(i).tokens);

  config.source = (scratch / "a").string();
  config.fim_rate = 0.1;
  CHECK_THROWS_WITH_AS(open_streams(config, loaded, 1), doctest::Contains("fim_rate is not for token shards"), Error);
  config.fim_rate = 0;
  CHECK_THROWS_WITH_AS(open_streams(config, text::Tokenizer::bytes(), 1),
                       doctest::Contains("was made with another tokenizer"), Error);
}

TEST_CASE("what cannot be made or read is refused by name") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl", lines(100));
  const text::Tokenizer t = tokenizer();
  write_shards({scratch / "a.jsonl"}, t, scratch / "a", {.shard_tokens = 500});
  CHECK_THROWS_WITH_AS(write_shards({scratch / "a.jsonl"}, t, scratch / "a", {}),
                       doctest::Contains("a: it exists already"), Error);
  CHECK_THROWS_WITH_AS(write_shards({scratch / "a.jsonl"}, text::Tokenizer::bytes({}, false), scratch / "b", {}),
                       doctest::Contains("no token to end documents"), Error);
  io::write_file_atomically(scratch / "none.jsonl", "{}\n");
  CHECK_THROWS_WITH_AS(write_shards({scratch / "none.jsonl"}, t, scratch / "b", {}),
                       doctest::Contains("none.jsonl is empty: there is nothing to learn from (1 lines have no text"),
                       Error);
  io::write_file_atomically(scratch / "blank.txt", " \n");
  CHECK_THROWS_WITH_AS(write_shards({scratch / "none.jsonl", scratch / "blank.txt"}, t, scratch / "b", {}),
                       doctest::Contains("blank.txt are empty: there is nothing to learn from"), Error);
  CHECK_THROWS_WITH_AS(write_shards({scratch / "a.jsonl"}, t, scratch / "none.jsonl/b", {}),
                       doctest::Contains("none.jsonl: it is a file"), Error);
  CHECK_FALSE(io::is_there(scratch / "b"));
  std::string bytes = io::read_file(scratch / "a/shard-00001.tokens");
  bytes[40] ^= 1;
  io::write_file_atomically(scratch / "a/shard-00001.tokens", bytes);
  CHECK_THROWS_WITH_AS(open_shards(scratch / "a", t, 8), doctest::Contains("shard-00001.tokens: it was altered"),
                       Error);
  std::filesystem::remove(scratch / "a/shard-00001.tokens");
  CHECK_THROWS_WITH_AS(open_shards(scratch / "a", t, 8), doctest::Contains("shard-00001.tokens: there is no such file"),
                       Error);
}
