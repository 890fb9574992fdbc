#include "millet/data/streams.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::data;

namespace {

const std::filesystem::path kRecipes = std::filesystem::path(MILLET_SOURCE_DIR) / "recipes";

Config chains() {
  Config c;
  c.mix["chain"] = {.task = "chain", .direct = 0.8, .aloud = 0.14, .slip = 0.06};
  return c;
}

std::string error_of(const Config& config, const std::filesystem::path& base = {}) {
  try {
    const text::Tokenizer t = make_tokenizer(config, base);
    open_streams(config, t, 1, base);
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("tiny shakespeare has its 65 characters, and its validation its 111,539 targets") {
  Config c;
  c.source = "data/shakespeare.txt";
  c.context = 64;
  const text::Tokenizer t = make_tokenizer(c, kRecipes);
  CHECK(t.vocab_size() == 65);
  CHECK_FALSE(t.bos().has_value());
  const Streams s = open_streams(c, t, 1, kRecipes);
  REQUIRE(s.validation.size() == 1);
  CHECK(s.validation[0].name == "shakespeare");
  int64_t targets = 0;
  for (uint64_t i = 0; i < *s.validation[0].source->size(); ++i) targets += s.validation[0].source->at(i).rows();
  CHECK(targets == 111'539);
  CHECK(s.train->at(0).rows() == 64);
  // It begins where nanoGPT's validation part does.
  CHECK(t.decode(s.validation[0].source->at(0).tokens).starts_with("?\n\nGREMIO:\nGood morrow, neighbour Baptista."));
}

TEST_CASE("the demo's chains have a vocabulary of 23") {
  const Config c = chains();
  const text::Tokenizer t = make_tokenizer(c);
  CHECK(t.vocab_size() == 15 + 3 + 5);
  CHECK(t.id_of("wait").has_value());
  const Streams s = open_streams(c, t, 1);
  CHECK(s.validation[0].name == "chain");
  CHECK(*s.validation[0].source->size() == 512);
  CHECK(t.decode(s.train->at(0).tokens).starts_with("<bos>"));
}

TEST_CASE("texts and tasks are mixed under one tokenizer that knows the characters of both") {
  Config c = chains();
  c.mix["chain"].share = 3;
  c.mix["parity"] = {.share = 1, .task = "parity"};
  c.mix["plays"] = {.share = 4, .source = "data/shakespeare.txt"};
  const text::Tokenizer t = make_tokenizer(c, kRecipes);
  for (const char* token : {"*", "^", "0", "K", "\xC4\x8A", "<think>", "wait"})
    CHECK(t.id_of(token).has_value() == (std::string_view(token) != "\xC4\x8A"));
  const Streams s = open_streams(c, t, 1, kRecipes);
  CHECK(s.validation.size() == 3);
  int documents = 0;
  int parities = 0;
  constexpr int kCount = 4096;
  for (uint64_t i = 0; i < kCount; ++i) {
    const Example e = s.train->at(i);
    CHECK(e.rows() <= c.context);
    if (e.tokens[0] != *t.bos()) continue;
    ++documents;
    parities += t.decode(e.tokens).starts_with("<bos>parity ") ? 1 : 0;
  }
  CHECK(documents == kCount / 2);
  CHECK(parities == kCount / 8);
}

TEST_CASE("with bytes any text is taken, and a directory's tokenizer is used as it is") {
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "a.txt", fmt::format("{:a>500}\xE2\x82\xAC{:b>500}", "", ""));
  Config c;
  c.source = "a.txt";
  c.context = 16;
  c.tokenizer = "bytes";
  const text::Tokenizer bytes = make_tokenizer(c, scratch.path());
  CHECK(bytes.vocab_size() == 256);
  CHECK(open_streams(c, bytes, 1, scratch.path()).train->at(0).rows() == 16);
  bytes.save(scratch / "model");
  c.tokenizer = "model";
  CHECK(make_tokenizer(c, scratch.path()).vocab_size() == 256);
  c.tokenizer = "modell";
  CHECK(contains(error_of(c, scratch.path()), "data.tokenizer, which is \"auto\", \"bytes\" or a directory"));
}

TEST_CASE("what cannot be opened is refused by the key that asked for it") {
  CHECK(contains(error_of(Config{}), "there is no data"));

  Config both = chains();
  both.source = "x.txt";
  CHECK(contains(error_of(both), "data.source and data.mix are both given"));

  Config neither;
  neither.mix["a"] = {};
  CHECK(contains(error_of(neither), "data.mix.a needs either a task or a source"));
  neither.mix["a"] = {.task = "chain", .source = "x.txt"};
  CHECK(contains(error_of(neither), "not both"));

  Config mistyped;
  mistyped.mix["a"] = {.task = "pairity"};
  CHECK(contains(error_of(mistyped), "data.mix.a: unknown task 'pairity': did you mean 'parity'?"));

  Config missing;
  missing.source = "no such file.txt";
  CHECK(contains(error_of(missing), "no such file.txt"));

  Config negative = chains();
  negative.mix["more"] = {.share = -1, .task = "parity"};
  CHECK(contains(error_of(negative), "is -1"));
  Config nothing = chains();
  nothing.mix["chain"].share = 0;
  CHECK(contains(error_of(nothing), "sum to 0"));

  Config narrow = chains();
  narrow.context = 40;
  CHECK(contains(error_of(narrow), "data.mix.chain: chain: a document of task 'chain'"));
  narrow.context = 0;
  CHECK(contains(error_of(narrow), "data.context is 0"));

  Config impossible = chains();
  impossible.mix["chain"].min = 20;
  CHECK(contains(error_of(impossible), "20..12 is empty"));
  impossible.mix["chain"] = {.task = "parity", .min = 1, .max = 2};
  CHECK(contains(error_of(impossible), "data.validation_problems = 512: task 'parity' has"));
}
