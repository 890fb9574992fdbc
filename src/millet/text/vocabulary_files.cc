#include "millet/text/vocabulary_files.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/text/published_pattern.h"

namespace millet::text {

using io::Json;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kEndOfText = "<|endoftext|>";

Json read_merges_file(const fs::path& file) {
  const std::string text = io::read_file(file);
  Json merges = Json::array();
  for (size_t at = 0, line = 1; at < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view merge = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (merge.ends_with('\r')) merge.remove_suffix(1);
    if (merge.starts_with("#version") || (merge.empty() && at >= text.size())) continue;
    const size_t space = merge.find(' ');
    require(space != std::string_view::npos && merge.find(' ', space + 1) == std::string_view::npos,
            "{}, line {}: '{}' is no merge, which is two tokens with one space between them", file.string(), line,
            merge);
    merges.append(Json::array({merge.substr(0, space), merge.substr(space + 1)}));
  }
  return merges;
}

// A member of tokenizer_config.json that names a token.
std::string content_of(const Json& token) {
  return token.is_object() ? token.at("content").as_string() : token.as_string();
}

// "added_tokens_decoder" in the order of ids; then the tokens that have a part and are not among these, all special.
Json added_tokens(const Json& config, const Json& vocab) {
  Json added = Json::array();
  auto add = [&](Json token) {
    const std::string content = content_of(token);
    const auto& items = added.items();
    const bool known = std::any_of(items.begin(), items.end(),
                                   [&](const Json& item) { return item.at("content").as_string() == content; });
    if (content.empty() || known) return;
    if (!token.is_object()) token = Json::object({{"content", content}, {"special", true}});
    token["id"] = 0;  // the order numbers them
    added.append(std::move(token));
  };
  if (const Json* decoder = config.is_null() ? nullptr : config.find("added_tokens_decoder")) {
    std::map<int64_t, Json> by_id;
    for (const auto& [id, token] : decoder->members()) {
      if (id.empty() || id.size() > 9 || id.find_first_not_of("0123456789") != std::string::npos)
        decoder->refuse("has the key '{}': ids are expected", id);
      by_id[std::stoll(id)] = token;
    }
    for (auto& [id, token] : by_id) add(std::move(token));
  }
  for (const char* role : {"bos_token", "eos_token", "unk_token", "pad_token"}) {
    const Json* token = config.is_null() ? nullptr : config.find(role);
    if (token != nullptr && !token->is_null()) add(Json(content_of(*token)));
  }
  if (const Json* more = config.is_null() ? nullptr : config.find("additional_special_tokens");
      more != nullptr && !more->is_null()) {
    for (const Json& token : more->items()) add(Json(content_of(token)));
  }
  if (added.size() == 0 && vocab.contains(kEndOfText)) add(Json(std::string(kEndOfText)));
  return added;
}

Json byte_level(bool add_prefix_space, bool use_regex) {
  return Json::object({{"type", "ByteLevel"},
                       {"add_prefix_space", add_prefix_space},
                       {"trim_offsets", false},
                       {"use_regex", use_regex}});
}

}  // namespace

bool has_vocabulary_files(const fs::path& directory) {
  return io::is_there(directory / "vocab.json") && io::is_there(directory / "merges.txt");
}

void refuse_other_vocabularies(const fs::path& directory) {
  const std::string name = directory.string();
  if (io::is_there(directory / "tokenizer.model")) {
    fail(
        "{} holds tokenizer.model (SentencePiece) and no tokenizer.json: have `transformers` write it, "
        "AutoTokenizer.from_pretrained(\"{}\").save_pretrained(\"OUT\")",
        name, name);
  }
  if (io::is_there(directory / "tiktoken.model")) {
    fail(
        "{} holds tiktoken.model and no tokenizer.json: have `transformers` write it, "
        "AutoTokenizer.from_pretrained(\"{}\", trust_remote_code=True).save_pretrained(\"OUT\"); where that writes "
        "none, convert_tiktoken_to_fast of transformers.integrations.tiktoken does",
        name, name);
  }
  const bool vocab = io::is_there(directory / "vocab.json"), merges = io::is_there(directory / "merges.txt");
  require(vocab == merges, "{} holds {} without {}, and no tokenizer.json: fetch the other one, or tokenizer.json",
          name, vocab ? "vocab.json" : "merges.txt", vocab ? "merges.txt" : "vocab.json");
}

Json read_vocabulary_files(const fs::path& directory, const Json& config) {
  std::string kind = config.is_null() ? "" : config.string_or("tokenizer_class", "");
  if (kind.ends_with("Fast")) kind.resize(kind.size() - 4);
  const bool qwen2 = kind == "Qwen2Tokenizer";
  if (!qwen2 && !kind.empty() && kind != "GPT2Tokenizer" && kind != "PreTrainedTokenizer")
    config.at("tokenizer_class")
        .refuse(
            "is '{}' and there is no tokenizer.json: vocab.json and merges.txt are read for GPT2Tokenizer and "
            "Qwen2Tokenizer; have `transformers` save the tokenizer, which writes tokenizer.json",
            config.at("tokenizer_class").as_string());
  Json vocab = io::read_json(directory / "vocab.json");
  Json added = added_tokens(config, vocab);
  Json model = Json::object({{"type", "BPE"}});
  model["merges"] = read_merges_file(directory / "merges.txt");
  model["vocab"] = std::move(vocab);
  Json pre_tokenizer = byte_level(!config.is_null() && config.bool_or("add_prefix_space", false), true);
  Json normalizer;
  if (qwen2) {
    normalizer = Json::object({{"type", "NFC"}});
    pre_tokenizer =
        Json::object({{"type", "Sequence"},
                      {"pretokenizers",
                       Json::array({Json::object({{"type", "Split"},
                                                  {"pattern", Json::object({{"Regex", std::string(kQwen2Pattern)}})},
                                                  {"behavior", "Isolated"},
                                                  {"invert", false}}),
                                    byte_level(false, false)})}});
  }
  return Json::object({{"added_tokens", std::move(added)},
                       {"normalizer", std::move(normalizer)},
                       {"pre_tokenizer", std::move(pre_tokenizer)},
                       {"decoder", byte_level(false, true)},
                       {"model", std::move(model)}});
}

}  // namespace millet::text
