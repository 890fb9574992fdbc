// Agreement with `transformers`, by vectors that tests/golden/tokenizer/make.py made.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/text/thinking.h"
#include "millet/text/tokenizer.h"

using namespace millet;
using namespace millet::text;

namespace {

const std::filesystem::path kGolden = std::filesystem::path(MILLET_SOURCE_DIR) / "tests/golden/tokenizer";

// The two tokenizers of the golden directories. The alphabet is printable ASCII and what else make.py's texts use.
Tokenizer built(std::string_view kind) {
  std::vector<std::string> words = thinking_tags();
  words.emplace_back("wait");
  if (kind == "bytes") return Tokenizer::bytes(words);
  std::string alphabet = "\n\r\t";
  for (char c = 32; c < 127; ++c) alphabet += c;
  alphabet += "\u00e9\u20ac\U0001F33E\u0301\u4f60\u597d\u200b\ufeff\u00a0";
  return Tokenizer::characters(alphabet, words);
}

std::vector<int32_t> ids_of(const io::Json& json) {
  const std::vector<int64_t> wide = json.as_ints();
  return {wide.begin(), wide.end()};
}

}  // namespace

TEST_CASE("the files that the vectors were made from are the ones that are written") {
  for (const char* kind : {"characters", "bytes"}) {
    CAPTURE(kind);
    const Tokenizer tokenizer = built(kind);
    const bool same =
        io::read_file(kGolden / kind / "tokenizer.json") == tokenizer.tokenizer_json().pretty() &&
        io::read_file(kGolden / kind / "tokenizer_config.json") == tokenizer.tokenizer_config_json().pretty();
    const std::filesystem::path fresh = std::filesystem::temp_directory_path() / "millet-golden-tokenizer" / kind;
    if (!same) tokenizer.save(fresh);
    CHECK_MESSAGE(same, "if the change is wanted, copy ", fresh.string(), " to tests/golden/tokenizer and run make.py");
  }
}

TEST_CASE("ids and texts are those of transformers") {
  const io::Json vectors = io::read_json(kGolden / "vectors.json");
  for (const char* kind : {"characters", "bytes"}) {
    const Tokenizer tokenizer = Tokenizer::load(kGolden / kind);
    const io::Json& golden = vectors.at(kind);
    CHECK(tokenizer.vocab_size() == golden.at("vocab_size").as_int());
    CHECK(tokenizer.bos() == golden.at("bos").as_int());
    CHECK(tokenizer.eos() == golden.at("eos").as_int());
    CHECK(tokenizer.pad() == golden.at("pad").as_int());
    int texts = 0;
    for (const io::Json& c : golden.at("cases").items()) {
      const std::vector<int32_t> ids = ids_of(c.at("ids"));
      CAPTURE(c.dump());
      CHECK(tokenizer.decode(ids) == c.at("decoded").as_string());
      CHECK(tokenizer.decode(ids, {.skip_special = true}) == c.at("skipped").as_string());
      if (!c.contains("text")) continue;
      CHECK(tokenizer.encode(c.at("text").as_string(), {.allow_special = true}) == ids);
      ++texts;
    }
    CHECK(texts == 26);
  }
}
