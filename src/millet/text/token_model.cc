#include "millet/text/token_model.h"

#include <map>
#include <set>

namespace millet::text {

using io::Json;

std::vector<std::pair<std::string, int32_t>> read_vocabulary(const Json& tokenizer) {
  std::set<std::string> added;
  std::map<int64_t, std::string> added_ids;
  if (const Json* tokens = tokenizer.find("added_tokens"); tokens != nullptr && tokens->is_array()) {
    for (const Json& token : tokens->items()) {
      added.insert(token.at("content").as_string());
      added_ids[token.at("id").as_int()] = token.at("content").as_string();
    }
  }
  std::set<int64_t> taken;
  std::vector<std::pair<std::string, int32_t>> vocabulary;
  for (const auto& [spelling, id] : tokenizer.at("model").at("vocab").members()) {
    const int64_t value = id.as_int();
    if (value < 0 || value >= kMaxTokens) id.refuse("is {}: token ids are from 0 to {}", value, kMaxTokens - 1);
    if (!taken.insert(value).second) id.refuse("is {}, the id of another token, too", value);
    if (const auto clash = added_ids.find(value); clash != added_ids.end() && clash->second != spelling)
      id.refuse("is {}, the id of the added token '{}', too", value, clash->second);
    if (added.count(spelling) == 0) vocabulary.emplace_back(spelling, static_cast<int32_t>(value));
  }
  return vocabulary;
}

bool changes_text(const Json& tokenizer) {
  const Json* normalizer = tokenizer.find("normalizer");
  return normalizer != nullptr && !normalizer->is_null();
}

bool is_bpe_without_merges(const Json& tokenizer) {
  const Json& model = tokenizer.at("model");
  return model.string_or("type", "") == "BPE" && model.at("merges").size() == 0 &&
         !model.bool_or("ignore_merges", false) && model.string_or("continuing_subword_prefix", "").empty() &&
         model.string_or("end_of_word_suffix", "").empty() && !model.bool_or("byte_fallback", false) &&
         !model.bool_or("fuse_unk", false);
}

Json bpe_without_merges(Json vocabulary, Json unk_token) {
  return Json::object({{"type", "BPE"},
                       {"dropout", nullptr},
                       {"unk_token", std::move(unk_token)},
                       {"continuing_subword_prefix", nullptr},
                       {"end_of_word_suffix", nullptr},
                       {"fuse_unk", false},
                       {"byte_fallback", false},
                       {"ignore_merges", false},
                       {"vocab", std::move(vocabulary)},
                       {"merges", Json::array()}});
}

}  // namespace millet::text
