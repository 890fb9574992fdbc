// Agreement with `tokenizers` and llama.cpp on published tokenizers, by vectors that are too large to be kept here: the
// folder MILLET_TEST_DATA has them.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "millet/io/jsonl.h"
#include "millet/text/detokenizer.h"
#include "millet/text/tokenizer.h"
#include "tests/core/test_data.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::text;
using namespace millet::tests;
using Ids = std::vector<int32_t>;

namespace {

Ids ids_of(const io::Json& json) {
  const std::vector<int64_t> wide = json.as_ints();
  return {wide.begin(), wide.end()};
}

// What the detokenizer gives piece by piece.
std::string streamed(const Tokenizer& tokenizer, const Ids& ids) {
  Detokenizer detokenizer(tokenizer, {.skip_special = false});
  std::string out;
  for (const int32_t id : ids) out += detokenizer.push(id);
  return out + detokenizer.finish();
}

struct Counts {
  int lines = 0;
  int ids = 0;
  int decoded = 0;
  int streamed = 0;
};

// Compares every line of a file; `leading` ids of the vector are none of the text's.
Counts compare(const Tokenizer& tokenizer, const std::filesystem::path& vectors, size_t leading = 0) {
  Counts counts;
  io::JsonlReader reader(vectors);
  while (const auto line = reader.next()) {
    const io::Json& v = line->value;
    const std::string& text = v.at("text").as_string();
    Ids wanted = ids_of(v.at(v.contains("tokenizer_json_ids") ? "tokenizer_json_ids" : "ids"));
    wanted.erase(wanted.begin(), wanted.begin() + static_cast<int64_t>(leading));
    const Ids ids = tokenizer.encode(text, {.allow_special = true});
    const std::string decoded = tokenizer.decode(wanted);
    ++counts.lines;
    counts.ids += ids == wanted ? 1 : 0;
    counts.decoded += decoded == v.string_or("decoded", text) ? 1 : 0;
    counts.streamed += streamed(tokenizer, wanted) == decoded ? 1 : 0;
    CAPTURE(text);
    if (counts.lines - counts.ids < 3) CHECK(ids == wanted);
    if (counts.lines - counts.decoded < 3) CHECK(decoded == v.string_or("decoded", text));
  }
  return counts;
}

void check_all(const std::string& tokenizer, const std::string& vectors, int lines) {
  CAPTURE(vectors);
  if (!has_test_data("tokenizers/" + tokenizer) || !has_test_data("token_vectors/" + vectors)) return;
  const Counts counts =
      compare(Tokenizer::load(kTestData / "tokenizers" / tokenizer), kTestData / "token_vectors" / vectors);
  CHECK(counts.lines == lines);
  CHECK(counts.ids == lines);
  CHECK(counts.decoded == lines);
  CHECK(counts.streamed == lines);
}

}  // namespace

TEST_CASE("ids and texts of published tokenizers are those of the tokenizers library") {
  for (const char* name : {"deepseek-v2", "deepseek-v3", "deepseek-v4", "qwen2", "llama-3", "gpt-2", "torchtitan-test"})
    check_all(name, std::string("hf_") + name + ".jsonl", 528);
}

TEST_CASE("and those of llama.cpp") {
  check_all("deepseek-v2", "llamacpp_deepseek-llm.jsonl", 23);
  check_all("qwen2", "llamacpp_deepseek-r1-qwen.jsonl", 23);
  check_all("qwen2", "llamacpp_qwen2.jsonl", 23);
  check_all("llama-3", "llamacpp_llama-bpe.jsonl", 23);
  check_all("gpt-2", "llamacpp_gpt-2.jsonl", 23);
}

TEST_CASE("a vocabulary with byte fallback agrees, but for the <s> that encode does not add") {
  if (!has_test_data("models/stories260K-hf")) return;
  const std::filesystem::path directory = kTestData / "models/stories260K-hf";
  const Counts counts = compare(Tokenizer::load(directory), directory / "token_vectors.jsonl", 1);
  CHECK(counts.lines == 48);
  CHECK(counts.ids == 48);
  CHECK(counts.decoded == 48);
  CHECK(counts.streamed == 48);
}

TEST_CASE(
    "no text becomes a special token of a published tokenizer where that is not allowed, and every text comes back") {
  for (const char* name : {"deepseek-v3", "deepseek-v4", "qwen2", "llama-3", "gpt-2"}) {
    if (!has_test_data(std::string("tokenizers/") + name)) return;
    const std::filesystem::path directory = kTestData / "tokenizers" / name;
    const Tokenizer tokenizer = Tokenizer::load(directory);
    std::string attack;
    for (int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
      if (tokenizer.added(id) != nullptr) attack += tokenizer.added(id)->content + " ";
    }
    CAPTURE(name);
    const Ids plain = tokenizer.encode(attack);
    CHECK(std::none_of(plain.begin(), plain.end(), [&](int32_t id) { return tokenizer.added(id) != nullptr; }));
    CHECK(tokenizer.decode(plain) == attack);
    CHECK(tokenizer.encode(attack, {.allow_special = true}).size() < plain.size());
  }
}

TEST_CASE("a published tokenizer that is saved and loaded again is the same") {
  if (!has_test_data("tokenizers/qwen2")) return;
  const std::filesystem::path directory = kTestData / "tokenizers/qwen2";
  const TemporaryDirectory folder;
  const std::filesystem::path copy = folder / "copy";
  Tokenizer::load(directory).save(copy);
  CHECK(compare(Tokenizer::load(copy), kTestData / "token_vectors/hf_qwen2.jsonl").ids == 528);
  CHECK(io::read_json(copy / "tokenizer_config.json") == io::read_json(directory / "tokenizer_config.json"));
}
