#include "millet/text/vocabulary_files.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/text/configured_tokens.h"
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

Json byte_level(bool add_prefix_space, bool use_regex) {
  return Json::object({{"type", "ByteLevel"},
                       {"add_prefix_space", add_prefix_space},
                       {"trim_offsets", false},
                       {"use_regex", use_regex}});
}

// A part that the configuration does not name is that of the class; one that is null there is none.
Json with_parts_of_class(const Json& config, bool qwen2) {
  Json out = config.is_null() ? Json::object() : config;
  for (const char* part : {"unk_token", "eos_token", qwen2 ? "pad_token" : "bos_token"}) {
    if (!out.contains(part)) out[part] = kEndOfText;
  }
  return out;
}

// The configuration with the tokens of added_tokens.json ({"<x>": 50257}), unless it lists its own.
Json with_added_tokens_of(const fs::path& directory, Json config) {
  const fs::path file = directory / "added_tokens.json";
  if (config.contains("added_tokens_decoder") || !io::is_there(file)) return config;
  const Json tokens = io::read_json(file);
  if (!tokens.is_object()) tokens.refuse("is {}: tokens and their ids are an object", io::name_of(tokens.kind()));
  Json decoder = Json::object();
  for (const auto& [content, id] : tokens.members())
    decoder[std::to_string(id.as_int())] = Json::object({{"content", content}, {"special", false}});
  config["added_tokens_decoder"] = std::move(decoder);
  return config;
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
  Json model = Json::object({{"type", "BPE"}});
  model["merges"] = read_merges_file(directory / "merges.txt");
  model["vocab"] = std::move(vocab);
  Json pre_tokenizer = byte_level(false, true);
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
  Json tokenizer = Json::object({{"added_tokens", Json::array()},
                                 {"normalizer", std::move(normalizer)},
                                 {"pre_tokenizer", std::move(pre_tokenizer)},
                                 {"decoder", byte_level(false, true)},
                                 {"model", std::move(model)}});
  add_configured_tokens(tokenizer, with_added_tokens_of(directory, with_parts_of_class(config, qwen2)));
  return tokenizer;
}

}  // namespace millet::text
