// Tokenizers of the kind "bpe" in small. Ids and texts are those of the tokenizers library 0.23.3 on the same files.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/io/file.h"
#include "millet/text/detokenizer.h"
#include "millet/text/tokenizer.h"

using namespace millet;
using namespace millet::text;
using Ids = std::vector<int32_t>;

namespace {

Tokenizer load(const std::string& json) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "millet bpe tokenizer test";
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  io::write_file_atomically(path / "tokenizer.json", json);
  Tokenizer tokenizer = Tokenizer::load(path);
  std::filesystem::remove_all(path);
  return tokenizer;
}

Ids with_marks(const Tokenizer& tokenizer, std::string_view text) {
  return tokenizer.encode(text, {.allow_special = true});
}

const char* kLetters = R"("model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, "e": 4, "f": 5, "g": 6,
    "h": 7, " ": 8, "?": 9, "\u2581": 10}, "merges": []})";

// Everything that an added token can ask for.
const std::string kRules = std::string(R"({"added_tokens": [
    {"id": 11, "content": "ab", "single_word": true},
    {"id": 12, "content": "<l>", "lstrip": true},
    {"id": 13, "content": "<r>", "rstrip": true},
    {"id": 14, "content": "cd", "normalized": true},
    {"id": 15, "content": "<b>", "lstrip": true, "rstrip": true, "special": true},
    {"id": 16, "content": "cde"},
    {"id": 17, "content": " h"}], )") +
                           kLetters + "}";

// As Llama's: text is normalised between the added tokens, and bytes are the last resort.
const std::string kLlama = std::string(R"({"added_tokens": [
    {"id": 11, "content": "<s>", "special": true},
    {"id": 12, "content": "a b", "normalized": true},
    {"id": 13, "content": "cd"}],
  "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"},
    {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
  "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [11], "tokens": ["<s>"]}}},
  "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
    {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}, )") +
                           kLetters + "}";

// Byte level, three merges, a mark in the vocabulary.
const std::string kBytes = R"({"added_tokens": [{"id": 6, "content": "<|end|>", "special": true}],
  "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
  "decoder": {"type": "ByteLevel"},
  "model": {"type": "BPE", "ignore_merges": false, "vocab": {"a": 0, "b": 1, "\u0120": 2, "\u00c3": 3, "\u00a9": 4,
    "ab": 5, "<|end|>": 6, "\u0120a": 7, "\u00c3\u00a9": 8, "<": 9, "|": 10},
    "merges": ["a b", "\u0120 a", "\u00c3 \u00a9"]}})";

}  // namespace

TEST_CASE("added tokens are found by their rules") {
  const Tokenizer t = load(kRules);
  CHECK(t.kind() == "bpe");
  CHECK(with_marks(t, "ab") == Ids{11});
  CHECK(with_marks(t, "aab") == Ids{0, 0, 1});
  CHECK(with_marks(t, "ab ab") == Ids{11, 8, 11});
  CHECK(with_marks(t, "abab") == Ids{0, 1, 0, 1});
  CHECK(with_marks(t, "?ab?") == Ids{9, 11, 9});
  CHECK(with_marks(t, "_ab") == Ids{0, 1});
  CHECK(with_marks(t, "1ab ab\u0301") == Ids{0, 1, 8, 0, 1});
  CHECK(with_marks(t, "a <l> b") == Ids{0, 12, 8, 1});
  CHECK(with_marks(t, "a <r> b") == Ids{0, 8, 13, 1});
  CHECK(with_marks(t, "a  <b>  <l> b") == Ids{0, 15, 12, 8, 1});
  CHECK(with_marks(t, "<r>  <l>") == Ids{13, 12});
  CHECK(with_marks(t, "cdcde") == Ids{14, 16});
  CHECK(with_marks(t, "acd") == Ids{0, 14});
  CHECK(with_marks(t, "<r> h") == Ids{13, 17});  // the space is taken twice, as in the tokenizers library
  CHECK(with_marks(t, "ab  <b>") == Ids{11, 15});
}

TEST_CASE("without a decoder tokens are joined by spaces, special ones can be left out") {
  const Tokenizer t = load(kRules);
  CHECK(t.decode(Ids{15, 0, 14}) == "<b> a cd");
  CHECK(t.decode(Ids{15, 0, 14}, {.skip_special = true}) == "a cd");
  CHECK(t.decode(Ids{0, 99, 1}) == "a b");
}

TEST_CASE("what lies between added tokens is normalised, and so are some of them") {
  const Tokenizer t = load(kLlama);
  CHECK(with_marks(t, "a b") == Ids{12});
  CHECK(with_marks(t, "a b a b") == Ids{12, 12});
  CHECK(with_marks(t, "<s>a") == Ids{11, 10, 0});
  CHECK(with_marks(t, "<s> a") == Ids{11, 10, 10, 0});
  CHECK(with_marks(t, "cd a") == Ids{13, 10, 10, 0});
  CHECK(with_marks(t, "ac<s>") == Ids{10, 0, 2, 11});
  CHECK(with_marks(t, "").empty());
  CHECK(with_marks(t, " ") == Ids{10, 10});
  CHECK(t.decode(Ids{11, 10, 0}) == "<s> a");
  CHECK(t.decode(Ids{11, 10, 0}, {.skip_special = true}) == "a");
  CHECK(t.decode(Ids{10, 0, 10, 1}) == "a b");
  CHECK(t.decode(Ids{12, 0}) == "a ba");
  CHECK(t.decode(Ids{10, 10, 0}) == " a");
}

TEST_CASE("text from outside is text: no added token is found in it") {
  CHECK(load(kLlama).encode("<s>cd a b") == Ids{10, 2, 3, 10, 0, 10, 1});
  CHECK(load(kRules).encode("ab cd") == Ids{0, 1, 8, 2, 3});
  CHECK(load(kBytes).encode("<|end|>ab") == Ids{9, 10, 10, 5});
  CHECK(with_marks(load(kBytes), "<|end|>ab") == Ids{6, 5});
}

TEST_CASE("bytes are joined by merges within words, and read as text again") {
  const Tokenizer t = load(kBytes);
  CHECK(t.encode("ab a\u00e9") == Ids{5, 7, 8});
  CHECK(t.decode(Ids{5, 7, 8}) == "ab a\u00e9");
  CHECK(t.decode(Ids{3, 0, 4}) ==
        "\uFFFD"
        "a\uFFFD");
  CHECK(t.bytes_of(7) == " a");
  CHECK(t.bytes_of(8) == "\u00e9");
  CHECK(t.id_of("\u0120a") == 7);
  CHECK(t.id_of("<|end|>") == 6);
  CHECK(t.vocab_size() == 11);
}

TEST_CASE("a text that is no UTF-8 is refused by its byte") {
  CHECK_THROWS_WITH_AS(load(kBytes).encode("ab\xFF"), doctest::Contains("byte 2 of the text is not UTF-8"), Error);
}

TEST_CASE("token by token the same text comes, whatever the decoder") {
  Rng rng(5, "test");
  for (const std::string& json : {kRules, kLlama, kBytes}) {
    const Tokenizer t = load(json);
    for (int i = 0; i < 200; ++i) {
      Ids ids;
      for (int64_t n = rng.below(12); n > 0; --n) ids.push_back(static_cast<int32_t>(rng.below(t.vocab_size() + 1)));
      for (const bool skip : {false, true}) {
        Detokenizer detokenizer(t, {.skip_special = skip});
        std::string out;
        for (const int32_t id : ids) out += detokenizer.push(id);
        out += detokenizer.finish();
        CHECK(out == t.decode(ids, {.skip_special = skip}));
      }
    }
  }
}

TEST_CASE("what is written is read again, and encodes the same") {
  for (const std::string& json : {kRules, kLlama, kBytes}) {
    const Tokenizer t = load(json);
    const Tokenizer again = load(t.tokenizer_json().dump());
    CHECK(again.tokenizer_json() == t.tokenizer_json());
    for (const char* text : {"ab ab", "a <b> b", "<s>a b cd", "ab a\u00e9<|end|>"})
      CHECK(with_marks(again, text) == with_marks(t, text));
  }
}

TEST_CASE("encoding from several places at once, or twice, gives the same ids") {
  const Tokenizer t = load(kBytes);
  const Ids once = t.encode("ab a ab a ab");
  CHECK(t.encode("ab a ab a ab") == once);
  CHECK(once == Ids{5, 7, 2, 5, 7, 2, 5});
}

TEST_CASE("what is not known in a file is refused by its name and place") {
  auto refused = [](const std::string& json, const char* with) {
    CHECK_THROWS_WITH_AS(load(json), doctest::Contains(with), Error);
  };
  const std::string model = R"("model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"])";
  refused(R"({"model": {"type": "Unigram", "vocab": [["a", 0.0]]}})", "is a Unigram tokenizer");
  refused("{" + model + R"(, "dropout": 0.1}})", "model.dropout is not 0");
  refused("{" + model + R"(, "end_of_word_suffix": "</w>"}})", "model.end_of_word_suffix is set");
  refused("{" + model + R"(, "unk_token": "?"}})", "the unk_token '?'");
  refused(R"({"normalizer": {"type": "Lowercase"}, )" + model + "}}", "normalizer.type is 'Lowercase'");
  refused(R"({"pre_tokenizer": {"type": "Whitespace"}, )" + model + "}}", "pre_tokenizer.type is 'Whitespace'");
  refused(R"({"decoder": {"type": "WordPiece"}, )" + model + "}}", "decoder.type is 'WordPiece'");
  refused(R"({"post_processor": {"type": "BertProcessing"}, )" + model + "}}",
          "post_processor.type is 'BertProcessing'");
  refused(R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}})", "no token 'ab'");
  refused(R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a  b"]}})", "merges[0] is 'a  b'");
  refused(R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": [["a"]]}})", "merges[0] has 1 parts");
  refused(R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 2000000}, "merges": ["a b"]}})", "is 2000000");
}

TEST_CASE("added tokens are numbered as the library does it, whatever their list says") {
  auto ids_of = [](const char* added) {
    return load(std::string(R"({"added_tokens": [)") + added + "], " + kLetters + "}");
  };
  const Tokenizer gaps =
      ids_of(R"({"id": 20, "content": "<x>"}, {"id": 3, "content": "?"}, {"id": 15, "content": "<y>", "special": true},
                {"id": 40, "content": "<x>", "special": true})");
  CHECK(gaps.id_of("<x>") == 11);
  CHECK(gaps.id_of("?") == 9);
  CHECK(gaps.id_of("<y>") == 12);
  CHECK(gaps.vocab_size() == 13);
  CHECK(with_marks(gaps, "<y>?<x>a") == Ids{12, 9, 11, 0});
  CHECK(gaps.added(11)->special);
  CHECK_THROWS_WITH_AS(load(R"({"added_tokens": [{"id": 7, "content": "<x>"}],
      "model": {"type": "BPE", "vocab": {"a": 0, "b": 2}, "merges": []}})"),
                       doctest::Contains("the id of the added token '<x>'"), Error);
}

TEST_CASE("a hostile file is refused in a moment") {
  auto refused = [](const std::string& json, const char* with) {
    CHECK_THROWS_WITH_AS(load(json), doctest::Contains(with), Error);
  };
  refused(R"({"model": {"type": "BPE", "vocab": {"a": 9007199254740993}, "merges": []}})", "token ids are from 0");
  refused(R"({"added_tokens": [{"id": 99999999999, "content": "x"}], "model": {"vocab": {}, "merges": []}})",
          "token ids are from 0");
  refused(R"({"model": {"type": "BPE", "vocab": {"a": 0, "a": 1}, "merges": []}})", "a");
  refused(R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}})", "no token 'ab'");
  refused(std::string(100'000, '['), "tokenizer.json");
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += R"({"a":)";
  refused(nested, "tokenizer.json");
  std::string steps;
  for (int i = 0; i < 200; ++i) steps += R"({"type": "Digits"},)";
  refused(R"({"pre_tokenizer": {"type": "Sequence", "pretokenizers": [)" + steps + R"({"type": "Digits"}]},
             "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}})",
          "at most 64 are read");
}

TEST_CASE("merges that go in circles come to an end") {
  // "aa" merges with itself into a longer token, and a pair is given twice: the last rank counts.
  const Tokenizer t = load(R"({"model": {"type": "BPE", "vocab": {"a": 0, "aa": 1, "aaa": 2, "aaaa": 3},
      "merges": ["a a", "aa aa", "aa a", "a aa", "a a"]}, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
      "decoder": {"type": "ByteLevel"}})");
  CHECK(t.decode(t.encode(std::string(1001, 'a'))).size() == 1001);
}
