#include "millet/text/vocabulary_files.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/io/jsonl.h"
#include "millet/text/tokenizer.h"
#include "tests/core/test_data.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::text;
using namespace millet::tests;
using Ids = std::vector<int32_t>;
namespace fs = std::filesystem;

// Ids and texts are those of the tokenizers library 0.23.3 on what `transformers` makes of such files.
static const char* kVocab = R"({"a": 0, "b": 1, "ab": 2, "\u0120": 3, "\u0120ab": 4, "1": 5, "<|endoftext|>": 6})";

static void write(const fs::path& folder, const char* merges, const char* config) {
  io::write_file_atomically(folder / "vocab.json", kVocab);
  io::write_file_atomically(folder / "merges.txt", merges);
  if (config != nullptr) io::write_file_atomically(folder / "tokenizer_config.json", config);
}

TEST_CASE("a vocabulary and merges alone are GPT-2's tokenizer") {
  const TemporaryDirectory folder;
  CHECK_FALSE(has_vocabulary_files(folder.path()));
  write(folder.path(), "#version: 0.2\na b\r\n\u0120 ab\n", nullptr);
  CHECK(has_vocabulary_files(folder.path()));
  const Tokenizer t = Tokenizer::load(folder.path());
  CHECK(t.kind() == "bpe");
  CHECK(t.encode("ab ab11") == Ids{2, 4, 5, 5});
  CHECK(t.encode("ab<|endoftext|>", {.allow_special = true}) == Ids{2, 6});
  CHECK(t.decode(Ids{2, 4, 6}) == "ab ab<|endoftext|>");
}

TEST_CASE("a part that tokenizer_config.json does not name is the class's own, one that is null is none") {
  const auto ids = [](const char* config, const char* text) {
    const TemporaryDirectory folder;
    write(folder.path(), "a b\n\u0120 ab\n", config);
    return Tokenizer::load(folder.path()).encode(text, {.allow_special = true});
  };
  const char* const text = "ab<|endoftext|>[P]";
  CHECK(ids(R"({"tokenizer_class": "GPT2Tokenizer", "pad_token": "[P]"})", text) == Ids{2, 6, 7});
  CHECK(ids(R"({"tokenizer_class": "Qwen2Tokenizer", "pad_token": "[P]"})", text) == Ids{2, 6, 7});
  const Ids none = ids(R"({"unk_token": null, "bos_token": null, "eos_token": null})", "ab<|endoftext|>a");
  CHECK(none == Ids{2, 0});  // the other characters are in no token
}

TEST_CASE("the tokens of added_tokens.json come behind the vocabulary, by their ids") {
  const TemporaryDirectory folder;
  write(folder.path(), "a b\n\u0120 ab\n", R"({"tokenizer_class": "GPT2Tokenizer"})");
  io::write_file_atomically(folder / "added_tokens.json", R"({"<y>": 8, "<x>": 7})");
  CHECK(Tokenizer::load(folder.path()).encode("ab<x><y><|endoftext|>", {.allow_special = true}) == Ids{2, 7, 8, 6});
}

TEST_CASE("tokenizer_config.json says whose they are and what is added, in the order of ids") {
  const TemporaryDirectory folder;
  write(folder.path(), "a b\n\u0120 ab\n", R"({"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<end>",
      "pad_token": {"content": "<|endoftext|>"}, "additional_special_tokens": ["<more>"],
      "added_tokens_decoder": {"12": {"content": "<w>", "special": false}, "9": {"content": "<s>", "special": true}}})");
  const Tokenizer t = Tokenizer::load(folder.path());
  CHECK(t.id_of("<s>") == 7);
  CHECK(t.id_of("<w>") == 8);
  CHECK(t.eos() == 9);
  CHECK(t.pad() == 6);
  CHECK(t.id_of("<more>") == 10);
  CHECK_FALSE(t.added(8)->special);
  CHECK(t.added(10)->special);
}

TEST_CASE("what a directory holds in place of tokenizer.json is named, with what makes one of it") {
  const auto said = [](const char* file) {
    const TemporaryDirectory folder;
    io::write_file_atomically(folder / "tokenizer_config.json", "{}");
    io::write_file_atomically(folder / file, "x");
    try {
      Tokenizer::load(folder.path());
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(said("tokenizer.model").find("holds tokenizer.model (SentencePiece) and no tokenizer.json") !=
        std::string::npos);
  CHECK(said("tokenizer.model").find("save_pretrained") != std::string::npos);
  CHECK(said("tiktoken.model").find("holds tiktoken.model and no tokenizer.json") != std::string::npos);
  CHECK(said("vocab.json").find("holds vocab.json without merges.txt") != std::string::npos);
  CHECK(said("merges.txt").find("holds merges.txt without vocab.json") != std::string::npos);
  CHECK(said("config.json").find("tokenizer.json: there is no such file") != std::string::npos);
}

TEST_CASE("other classes and broken files are refused") {
  const TemporaryDirectory folder;
  auto refused = [&](const char* merges, const char* config, const char* with) {
    write(folder.path(), merges, config);
    CHECK_THROWS_WITH_AS(Tokenizer::load(folder.path()), doctest::Contains(with), Error);
  };
  refused("a b\n", R"({"tokenizer_class": "RobertaTokenizerFast"})", "tokenizer_class is 'RobertaTokenizerFast'");
  refused("a b\nab\n", "{}", "merges.txt, line 2: 'ab' is no merge");
  refused("a b c\n", "{}", "line 1");
  refused("a c\n", "{}", "no token 'ac'");
  refused("a b\n", R"({"added_tokens_decoder": {"x": {"content": "<s>"}}})", "has the key 'x'");
}

TEST_CASE("GPT-2's two files encode as its tokenizer.json does") {
  if (!has_test_data("tokenizers/gpt-2") || !has_test_data("token_vectors/hf_gpt-2.jsonl")) return;
  const TemporaryDirectory folder;
  for (const char* file : {"vocab.json", "merges.txt", "tokenizer_config.json"})
    fs::copy(kTestData / "tokenizers/gpt-2" / file, folder / file);
  const Tokenizer t = Tokenizer::load(folder.path());
  io::JsonlReader reader(kTestData / "token_vectors/hf_gpt-2.jsonl");
  int lines = 0, equal = 0;
  while (const auto line = reader.next()) {
    const std::vector<int64_t> wide = line->value.at("ids").as_ints();
    const Ids ids = t.encode(line->value.at("text").as_string(), {.allow_special = true});
    equal += ids == Ids(wide.begin(), wide.end()) ? 1 : 0;
    ++lines;
  }
  CHECK(lines == 528);
  CHECK(equal == lines);
}
