#include "millet/text/configured_tokens.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "millet/io/file.h"

namespace millet::text {
namespace {

using io::Json;

// In the order of `transformers`.
constexpr std::array<std::string_view, 7> kParts = {"bos_token", "eos_token", "unk_token", "sep_token",
                                                    "pad_token", "cls_token", "mask_token"};

// Those of a list or, as newer files have them, of an object of names: {"image_token": "<image>"}.
template <class Take>
void each_token(const Json& tokens, Take take) {
  if (tokens.is_object()) {
    for (const auto& [name, token] : tokens.members()) take(token);
  } else {
    for (const Json& token : tokens.items()) take(token);
  }
}

class AddedList {
 public:
  explicit AddedList(Json& list) : list_(list) {
    for (size_t i = 0; i < list.size(); ++i) places_.emplace(list.at(i).at("content").as_string(), i);
  }

  // A token in full: it replaces one of the same content that has other rules.
  void put(const Json& token) {
    const auto known = places_.find(token.at("content").as_string());
    if (known == places_.end()) return append(token);
    Json& there = list_[known->second];
    for (const char* rule : {"special", "normalized", "single_word", "lstrip", "rstrip"}) {
      if (const Json* said = token.find(rule)) there[rule] = *said;
    }
  }

  // A token with a part: a string, or an object as `transformers` writes it.
  void put_special(const Json& token) {
    const std::string& content = token.is_object() ? token.at("content").as_string() : token.as_string();
    if (content.empty() || places_.contains(content)) return;
    Json full = token.is_object() ? token : Json::object({{"content", content}});
    full["special"] = true;
    append(std::move(full));
  }

 private:
  void append(Json token) {
    token["id"] = 0;
    places_.emplace(token.at("content").as_string(), list_.size());
    list_.append(std::move(token));
  }

  Json& list_;
  std::unordered_map<std::string, size_t> places_;
};

std::map<int64_t, const Json*> by_id(const Json& decoder) {
  std::map<int64_t, const Json*> out;
  for (const auto& [id, token] : decoder.members()) {
    if (id.empty() || id.size() > 9 || id.find_first_not_of("0123456789") != std::string::npos)
      decoder.refuse("has the key '{}': ids are expected", id);
    out[std::stoll(id)] = &token;
  }
  return out;
}

// A member that is there and not null; a null pointer for another.
const Json* said(const Json& config, std::string_view key) {
  const Json* value = config.is_null() ? nullptr : config.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Json& added_tokens_of(Json& tokenizer) {
  if (said(tokenizer, "added_tokens") == nullptr) tokenizer["added_tokens"] = Json::array();
  return tokenizer["added_tokens"];
}

}  // namespace

Json read_tokenizer_config(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / "tokenizer_config.json", map = directory / "special_tokens_map.json";
  Json config = io::is_there(file) ? io::read_json(file) : Json();
  if (!io::is_there(map) || said(config, "added_tokens_decoder") != nullptr) return config;
  const Json parts = io::read_json(map);
  if (!parts.is_object()) parts.refuse("is {}: the parts of tokens are an object", io::name_of(parts.kind()));
  if (config.is_null()) config = Json::object();
  for (const auto& [part, token] : parts.members()) {
    if (part == "additional_special_tokens" || std::ranges::find(kParts, part) != kParts.end()) config[part] = token;
  }
  return config;
}

void add_configured_tokens(Json& tokenizer, const Json& config) {
  AddedList list(added_tokens_of(tokenizer));
  if (const Json* decoder = said(config, "added_tokens_decoder")) {
    for (const auto& [id, token] : by_id(*decoder)) list.put(*token);
  }
  for (const std::string_view part : kParts) {
    if (const Json* token = said(config, part)) list.put_special(*token);
  }
  for (const char* more : {"additional_special_tokens", "extra_special_tokens"}) {
    if (const Json* tokens = said(config, more))
      each_token(*tokens, [&](const Json& token) { list.put_special(token); });
  }
  const Json* pre_tokenizer = tokenizer.find("pre_tokenizer");
  if (pre_tokenizer != nullptr && pre_tokenizer->is_object() && pre_tokenizer->contains("add_prefix_space") &&
      said(config, "add_prefix_space") != nullptr) {
    tokenizer["pre_tokenizer"]["add_prefix_space"] = config.at("add_prefix_space").as_bool();
  }
}

void add_missing_parts(Json& tokenizer, const Json& config) {
  AddedList list(added_tokens_of(tokenizer));
  const Json& vocab = tokenizer.at("model").at("vocab");
  for (const std::string_view part : kParts) {
    const Json* token = said(config, part);
    if (token == nullptr) continue;
    const std::string& content = token->is_object() ? token->at("content").as_string() : token->as_string();
    if (!vocab.contains(content)) list.put_special(*token);
  }
}

}  // namespace millet::text
