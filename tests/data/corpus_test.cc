#include "millet/data/corpus.h"

#include <doctest/doctest.h>

#include <numeric>
#include <set>
#include <string>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/io/file.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::data;

namespace {

std::string text_of(const Corpus& corpus, const Spans& part, const text::Tokenizer& tokenizer) {
  std::vector<int32_t> ids(part.size());
  part.copy(*corpus.tokens, 0, ids);
  return tokenizer.decode(ids);
}

// JSON lines of `count` documents "document 17.".
std::string lines(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += fmt::format("{{\"text\": \"document {:03}.\"}}\n", i);
  return all;
}

}  // namespace

TEST_CASE("of one text the first nine tenths are for training, rounded down") {
  const text::Tokenizer t = text::Tokenizer::characters("a", {}, false);
  for (const auto& [tokens, training] : {std::pair{100, 90}, {109, 98}, {1115394, 1003854}}) {  // nanoGPT's cut
    const Corpus corpus = corpus_of_text(std::string(static_cast<size_t>(tokens), 'a'), t, {.context = 4}, "test");
    CHECK(corpus.training.size() == static_cast<size_t>(training));
    CHECK(corpus.training.size() + corpus.validation.size() == static_cast<size_t>(tokens));
  }
}

TEST_CASE("of many documents each is whole, begins and ends as documents do, and a tenth is held out") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl", lines(100));
  const text::Tokenizer t = text::Tokenizer::bytes({}, true);
  const Corpus corpus = read_corpus(scratch / "a.jsonl", t, {.context = 8});
  const std::string training = text_of(corpus, corpus.training, t), held = text_of(corpus, corpus.validation, t);
  CHECK(training.starts_with("<bos>document 000.<eos><bos>document 001.<eos>"));
  CHECK(held.starts_with("<bos>document 00"));
  for (const char ten : std::string_view("0123456789")) CHECK(held.find(std::string("document 0") + ten) != held.npos);
  CHECK(corpus.training.size() == 90 * 15);
  CHECK(corpus.validation.size() == 10 * 15);
  CHECK(corpus.token_bytes[static_cast<size_t>(*t.eos())] == 0);
  CHECK(corpus.token_bytes['a'] == 1);
  CHECK(corpus.to_json().at("documents").as_int() == 100);
}

TEST_CASE("one document of ten is held out, short ones as often as long ones") {
  Rng rng(3, "sizes");
  HoldOut rule;
  int64_t held[2] = {};
  for (int i = 0; i < 4000; ++i) {
    const bool is_long = rng.below(2) == 1;
    held[is_long ? 1 : 0] += rule.next(is_long ? 3000 : 100) ? 1 : 0;
  }
  CHECK(rule.is_enough());
  CHECK(held[0] + held[1] == 400);
  CHECK(held[0] > 170);
  CHECK(held[1] > 170);
}

TEST_CASE("a document that is much of all bytes is not held out, and takes nothing from the others") {
  for (const int large : {0, 1, 55, 503, 777}) {
    CAPTURE(large);
    HoldOut rule;
    int64_t held = 0;
    for (int i = 0; i < 1000; ++i) {
      const bool out = rule.next(i == large ? 1'500'000 : 1000);
      CHECK_FALSE((out && i == large));
      held += out ? 1 : 0;
    }
    CHECK(held >= 99);
    CHECK(rule.is_enough());
  }
  HoldOut few;
  for (int i = 0; i < 19; ++i) few.next(1000);
  CHECK_FALSE(few.is_enough());
  few.next(1000);
  CHECK(few.is_enough());
}

TEST_CASE("of a few texts each is cut at nine tenths") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.txt", std::string(90, 'a') + std::string(8, 'x'));
  io::write_file_atomically(scratch / "b.txt", std::string(180, 'b') + std::string(18, 'y'));
  const text::Tokenizer t = text::Tokenizer::bytes({}, true);
  const Corpus corpus = read_corpus(scratch.path(), t, {.context = 8});
  CHECK(text_of(corpus, corpus.training, t) == "<bos>" + std::string(89, 'a') + "<bos>" + std::string(179, 'b'));
  CHECK(text_of(corpus, corpus.validation, t) == "a" + std::string(8, 'x') + "<eos>b" + std::string(18, 'y') + "<eos>");
}

TEST_CASE("spans are read across their borders as if they were one") {
  const text::Tokenizer t = text::Tokenizer::bytes({}, false);
  std::string text;
  for (int i = 0; i < 256; ++i) text += static_cast<char>('0' + i % 64);
  const Corpus corpus = corpus_of_text(text, t, {.context = 1}, "test");
  Spans spans;
  for (const auto& [begin, end] : {std::pair<size_t, size_t>{0, 3}, {3, 5}, {5, 5}, {10, 20}, {40, 41}, {200, 256}})
    spans.add(begin, end);
  CHECK(spans.count() == 4);
  CHECK(spans.size() == 5 + 10 + 1 + 56);
  const std::string joined = text.substr(0, 5) + text.substr(10, 10) + text.substr(40, 1) + text.substr(200, 56);
  for (size_t at = 0; at < joined.size(); ++at) {
    for (size_t n = 1; at + n <= joined.size(); n += 7) {
      std::vector<int32_t> ids(n);
      spans.copy(*corpus.tokens, at, ids);
      CHECK(t.decode(ids) == joined.substr(at, n));
    }
  }
}

TEST_CASE("a text that spells out a mark gets its characters") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl", lines(30) + "{\"text\": \"a <eos> <think> <bos> b\"}\n");
  const text::Tokenizer t = text::Tokenizer::bytes(std::vector<std::string>{"<think>"}, true);
  const Corpus corpus = read_corpus(scratch / "a.jsonl", t, {.context = 8});
  std::vector<int32_t> ids(corpus.tokens->size());
  corpus.tokens->copy(0, ids);
  CHECK(std::count(ids.begin(), ids.end(), *t.eos()) == 31);
  CHECK(std::count(ids.begin(), ids.end(), *t.id_of("<think>")) == 0);
}

TEST_CASE("fill-in-the-middle takes documents to train on alone, before packing") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.jsonl", lines(1000));
  const text::Tokenizer t =
      text::Tokenizer::bytes(std::vector<std::string>{"<|fim_begin|>", "<|fim_hole|>", "<|fim_end|>"}, true);
  const CorpusOptions options{.context = 8, .fim_rate = 0.1, .seed = 4};
  const Corpus corpus = read_corpus(scratch / "a.jsonl", t, options);
  CHECK(corpus.fim_documents > 60);
  CHECK(corpus.fim_documents < 120);
  const size_t held_out = corpus.validation.size() / 15;
  CHECK(held_out >= 99);
  CHECK(held_out <= 100);
  CHECK(corpus.training.size() == (1000 - held_out) * 15 + 3 * static_cast<size_t>(corpus.fim_documents));
  CHECK(text_of(corpus, corpus.training, t).find("<eos><bos><|fim_begin|>") != std::string::npos);
  CHECK(text_of(corpus, corpus.validation, t).find("fim") == std::string::npos);
  CHECK(read_corpus(scratch / "a.jsonl", t, options).fingerprint == corpus.fingerprint);
  CHECK(read_corpus(scratch / "a.jsonl", t, {.context = 8}).fingerprint != corpus.fingerprint);
  CHECK_THROWS_WITH_AS(corpus_of_text("only one text", t, options, "a.txt"),
                       doctest::Contains("fill-in-the-middle needs whole documents, and these are 1"), Error);
}

TEST_CASE("what cannot be a corpus is refused by name") {
  const TemporaryDirectory scratch;
  const text::Tokenizer t = text::Tokenizer::bytes({}, false);
  io::write_file_atomically(scratch / "none.jsonl", "{\"txt\": \"a\"}\nno JSON\n");
  CHECK_THROWS_WITH_AS(read_corpus(scratch / "none.jsonl", t, {}),
                       doctest::Contains("is empty: there is nothing to learn from (1 lines are no JSON"), Error);
  io::write_file_atomically(scratch / "a.jsonl", lines(100));
  CHECK_THROWS_WITH_AS(read_corpus(scratch / "a.jsonl", t, {.context = 8}),
                       doctest::Contains("has 100 documents, and the tokenizer no token to end them"), Error);
  CHECK_THROWS_WITH_AS(corpus_of_text("short", t, {.context = 8}, "a.txt"), doctest::Contains("a.txt is too short"),
                       Error);
  const text::Tokenizer letters = text::Tokenizer::characters("a", {}, false);
  CHECK_THROWS_WITH_AS(corpus_of_text("aaaaaaaaaaab", letters, {.context = 2}, "letters.txt"),
                       doctest::Contains("letters.txt: the character 'b'"), Error);
}
