#include "millet/text/tokenizer.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/text/utf8.h"

namespace millet::text {

using io::Json;

Tokenizer::Tokenizer(std::unique_ptr<TokenModel> model, std::vector<AddedToken> added)
    : model_(std::move(model)), added_(std::move(added)), vocab_size_(model_->size()) {
  for (const AddedToken& t : added_.all()) vocab_size_ = std::max(vocab_size_, t.id + 1);
  added_by_id_.resize(static_cast<size_t>(vocab_size_));
  for (const AddedToken& t : added_.all()) added_by_id_[static_cast<size_t>(t.id)] = &t;
}

Tokenizer Tokenizer::build(std::unique_ptr<TokenModel> model, std::span<const std::string> words, bool marks) {
  std::vector<AddedToken> added;
  auto add = [&](std::string_view content, bool special) {
    const auto id = static_cast<int32_t>(model->size() + static_cast<int32_t>(added.size()));
    added.push_back({.id = id, .content = std::string(content), .special = special});
  };
  if (marks) {
    for (const std::string_view mark : {kPad, kBos, kEos}) add(mark, true);
  }
  for (const std::string& word : words) add(word, false);
  Tokenizer built(std::move(model), std::move(added));
  if (marks) {
    built.pad_ = built.id_of(kPad);
    built.bos_ = built.id_of(kBos);
    built.eos_ = built.id_of(kEos);
  }
  return built;
}

Tokenizer Tokenizer::characters(std::string_view characters, std::span<const std::string> words, bool marks) {
  require(!characters.empty(), "a tokenizer of characters needs at least one character");
  return build(make_character_model(characters), words, marks);
}

Tokenizer Tokenizer::bytes(std::span<const std::string> words, bool marks) {
  return build(make_byte_model(), words, marks);
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, EncodeOptions options) const {
  std::vector<int32_t> ids;
  ids.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const auto [found, token] = added_.first_in(text, at, options.allow_special);
    const size_t end = std::min(found, text.size());
    model_->encode(text, at, end, ids);
    at = end;
    if (token == nullptr) continue;
    ids.push_back(token->id);
    at += token->content.size();
  }
  return ids;
}

const AddedToken* Tokenizer::added(int32_t id) const {
  return id >= 0 && id < vocab_size_ ? added_by_id_[static_cast<size_t>(id)] : nullptr;
}

std::string_view Tokenizer::bytes_of(int32_t id) const {
  if (const AddedToken* token = added(id)) return token->content;
  return id >= 0 && id < model_->size() ? model_->bytes(id) : std::string_view();
}

// All bytes are joined before they are read as UTF-8: a character may be spread over several tokens.
std::string Tokenizer::decode(std::span<const int32_t> ids, DecodeOptions options) const {
  std::string bytes;
  for (const int32_t id : ids) {
    const AddedToken* token = added(id);
    if (token == nullptr || !token->special || !options.skip_special) bytes += bytes_of(id);
  }
  return replace_invalid_utf8(bytes);
}

std::optional<int32_t> Tokenizer::id_of(std::string_view token) const {
  if (const AddedToken* known = added_.find(token)) return known->id;
  return model_->id_of(token);
}

// NOTE: marks and words are added tokens and do not stand in "model.vocab" as well. `tokenizers` numbers those that it
// does not find there itself, one after another behind the vocabulary: the ids here, because they are given in that
// order.
Json Tokenizer::tokenizer_json() const {
  std::vector<AddedToken> by_id = added_.all();
  std::sort(by_id.begin(), by_id.end(), [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
  Json added = Json::array();
  for (const AddedToken& t : by_id) {
    added.append(Json::object({{"id", t.id},
                               {"content", t.content},
                               {"single_word", false},
                               {"lstrip", false},
                               {"rstrip", false},
                               {"normalized", false},
                               {"special", t.special}}));
  }
  Json out = Json::object({{"version", "1.0"},
                           {"truncation", nullptr},
                           {"padding", nullptr},
                           {"added_tokens", std::move(added)},
                           {"normalizer", nullptr},
                           {"pre_tokenizer", nullptr},
                           {"post_processor", nullptr}});
  model_->write(out);
  return out;
}

// "PreTrainedTokenizerFast" makes AutoTokenizer take tokenizer.json as it is, whatever class the model's type suggests.
Json Tokenizer::tokenizer_config_json() const {
  Json out = Json::object({{"tokenizer_class", "PreTrainedTokenizerFast"}, {"clean_up_tokenization_spaces", false}});
  if (bos_) out["bos_token"] = bytes_of(*bos_);
  if (eos_) out["eos_token"] = bytes_of(*eos_);
  if (pad_) out["pad_token"] = bytes_of(*pad_);
  return out;
}

void Tokenizer::save(const std::filesystem::path& directory) const {
  std::filesystem::create_directories(directory);
  for (const auto& [name, contents] : files()) io::write_file_atomically(directory / name, contents);
}

std::vector<std::pair<std::string, std::string>> Tokenizer::files() const {
  return {{"tokenizer.json", tokenizer_json().pretty()}, {"tokenizer_config.json", tokenizer_config_json().pretty()}};
}

// ---- loading

static std::vector<AddedToken> read_added_tokens(const Json& tokenizer) {
  std::vector<AddedToken> added;
  const Json* tokens = tokenizer.find("added_tokens");
  if (tokens == nullptr || tokens->is_null()) return added;
  for (const Json& token : tokens->items()) {
    const int64_t id = token.at("id").as_int();
    if (id < 0 || id >= kMaxTokens) token.at("id").refuse("is {}: token ids are from 0 to {}", id, kMaxTokens - 1);
    for (const char* flag : {"single_word", "lstrip", "rstrip"}) {
      if (token.bool_or(flag, false))
        token.at(flag).refuse("is true: added tokens that look at their neighbours are not known");
    }
    added.push_back({.id = static_cast<int32_t>(id),
                     .content = token.at("content").as_string(),
                     .special = token.bool_or("special", false)});
  }
  return added;
}

static std::unique_ptr<TokenModel> read_model(const Json& tokenizer) {
  if (auto model = read_character_model(tokenizer)) return model;
  if (auto model = read_byte_model(tokenizer)) return model;
  const Json& model = tokenizer.at("model");
  const Json* merges = model.find("merges");
  const bool merging = merges != nullptr && merges->is_array() && merges->size() > 0;
  model.refuse(
      "is a {} tokenizer{}: the kinds that are known are characters (BPE of single characters, no merges, "
      "decoder Fuse) and bytes (ByteLevel, 256 tokens, no merges)",
      model.string_or("type", "nameless"), merging ? " with merges" : "");
}

// A post-processor can add tokens at the ends of a text. ByteLevel's adds none, and a template without special tokens,
// which `transformers` writes where there was nothing, adds none either.
static bool adds_nothing(const Json& post_processor) {
  const std::string type = post_processor.string_or("type", "");
  const Json* added = post_processor.find("special_tokens");
  return type == "ByteLevel" || (type == "TemplateProcessing" && added != nullptr && added->size() == 0);
}

// What else can change ids. "truncation" and "padding" are not among it: they are what the last batch of whoever saved
// the file was cut to, and `transformers` sets both anew in every call.
static void refuse_other_steps(const Json& tokenizer) {
  const Json* normalizer = tokenizer.find("normalizer");
  if (normalizer != nullptr && !normalizer->is_null())
    normalizer->refuse("is set: tokenizers that change the text first are not known");
  const Json* post_processor = tokenizer.find("post_processor");
  if (post_processor != nullptr && !post_processor->is_null() && !adds_nothing(*post_processor))
    post_processor->refuse("is set: tokenizers that add tokens to a text by themselves are not known");
}

// The content of a role: a string, or an object as `transformers` writes for AddedToken.
static std::string role_of(const Json& config, std::string_view key) {
  const Json* value = config.find(key);
  if (value == nullptr || value->is_null()) return "";
  return value->is_object() ? value->at("content").as_string() : value->as_string();
}

void Tokenizer::read_roles(const Json& config) {
  auto role = [&](std::string_view key) -> std::optional<int32_t> {
    const std::string content = role_of(config, key);
    if (content.empty()) return std::nullopt;
    const auto id = id_of(content);
    if (!id) config.at(key).refuse("is '{}', which is no token of tokenizer.json", content);
    return id;
  };
  bos_ = role("bos_token");
  eos_ = role("eos_token");
  pad_ = role("pad_token");
}

Tokenizer Tokenizer::load(const std::filesystem::path& directory) {
  const Json json = io::read_json(directory / "tokenizer.json");
  std::unique_ptr<TokenModel> model = read_model(json);
  refuse_other_steps(json);
  Tokenizer loaded(std::move(model), read_added_tokens(json));
  const std::filesystem::path config = directory / "tokenizer_config.json";
  if (std::filesystem::exists(config)) loaded.read_roles(io::read_json(config));
  return loaded;
}

}  // namespace millet::text
