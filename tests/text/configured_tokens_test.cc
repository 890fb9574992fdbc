#include "millet/text/configured_tokens.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::text;
using io::Json;

// The added tokens' contents, a * behind those that are special.
static std::string added(const char* tokenizer, const char* config) {
  Json json = Json::parse(tokenizer);
  add_configured_tokens(json, Json::parse(config, "tokenizer_config.json"));
  std::string out;
  for (const Json& token : json.at("added_tokens").items())
    out += token.at("content").as_string() + (token.bool_or("special", false) ? "* " : " ");
  return out;
}

static const char* kTokenizer = R"({"added_tokens": [{"id": 5, "content": "<s>", "special": false, "lstrip": false}]})";

TEST_CASE("a configuration's tokens come behind the file's: those with ids, those with a part, further ones") {
  CHECK(
      added(kTokenizer, R"({"pad_token": "[PAD]", "bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": true},
      "extra_special_tokens": {"image_token": "<image>"}, "additional_special_tokens": ["<x>", "[PAD]"],
      "added_tokens_decoder": {"12": {"content": "<w>", "special": false}, "9": {"content": "<t>", "special": true}}})") ==
      "<s> <t>* <w> </s>* [PAD]* <x>* <image>* ");
  CHECK(added("{}", R"({"unk_token": null, "bos_token": "", "eos_token": "e"})") == "e* ");
}

TEST_CASE("a token that is there has the rules of the configuration's list") {
  CHECK(added(kTokenizer, R"({"added_tokens_decoder": {"5": {"content": "<s>", "special": true}}})") == "<s>* ");
}

TEST_CASE("a leading space is the configuration's to decide where ByteLevel stands alone") {
  const auto prefix = [](const char* pre_tokenizer, const char* config) {
    Json json = Json::object({{"pre_tokenizer", Json::parse(pre_tokenizer)}});
    add_configured_tokens(json, Json::parse(config));
    return json.at("pre_tokenizer").dump();
  };
  const char* alone = R"({"type":"ByteLevel","add_prefix_space":false})";
  CHECK(prefix(alone, R"({"add_prefix_space": true})") == R"({"type":"ByteLevel","add_prefix_space":true})");
  CHECK(prefix(alone, R"({"add_prefix_space": null})") == alone);
  CHECK(prefix("null", R"({"add_prefix_space": true})") == "null");
}

TEST_CASE("beside a tokenizer.json only parts without a token are added") {
  Json json =
      Json::parse(R"({"added_tokens": [{"id": 2, "content": "<s>"}], "model": {"vocab": {"a": 0, "</s>": 1}}})");
  add_missing_parts(json, Json::parse(R"({"bos_token": "<s>", "eos_token": "</s>", "pad_token": "[PAD]",
      "additional_special_tokens": ["<x>"], "added_tokens_decoder": {"7": {"content": "<y>"}}})"));
  REQUIRE(json.at("added_tokens").size() == 2);
  CHECK(json.at("added_tokens").at(size_t{1}).at("content").as_string() == "[PAD]");
}

TEST_CASE("without a configuration nothing changes; a malformed one is refused with its place") {
  Json json = Json::parse(kTokenizer);
  add_configured_tokens(json, Json());
  CHECK(json == Json::parse(kTokenizer));
  CHECK_THROWS_WITH_AS(added("{}", R"({"added_tokens_decoder": {"x": {"content": "<s>"}}})"),
                       doctest::Contains("tokenizer_config.json: added_tokens_decoder has the key 'x'"), Error);
  CHECK_THROWS_AS(added("{}", R"({"bos_token": 7})"), Error);
}

TEST_CASE("parts are those of special_tokens_map.json in directories as they once were written") {
  const TemporaryDirectory folder;
  CHECK(read_tokenizer_config(folder.path()).is_null());
  io::write_file_atomically(folder / "special_tokens_map.json",
                            R"({"bos_token": "<s>", "eos_token": {"content": "</s>"}, "other": "x"})");
  const Json alone = read_tokenizer_config(folder.path());
  CHECK(alone.dump() == R"({"bos_token":"<s>","eos_token":{"content":"</s>"}})");
  io::write_file_atomically(folder / "tokenizer_config.json", R"({"eos_token": "<end>", "chat_template": "t"})");
  CHECK(read_tokenizer_config(folder.path()).dump() ==
        R"({"eos_token":{"content":"</s>"},"chat_template":"t","bos_token":"<s>"})");
  io::write_file_atomically(folder / "tokenizer_config.json", R"({"added_tokens_decoder": {}})");
  CHECK(read_tokenizer_config(folder.path()).dump() == R"({"added_tokens_decoder":{}})");
  io::write_file_atomically(folder / "tokenizer_config.json", "{}");
  io::write_file_atomically(folder / "special_tokens_map.json", "[]");
  CHECK_THROWS_WITH_AS(read_tokenizer_config(folder.path()), doctest::Contains("special_tokens_map.json is an array"),
                       Error);
}
