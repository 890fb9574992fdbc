#include "millet/text/tokenizer.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "millet/core/error.h"
#include "millet/io/commit.h"
#include "millet/io/file.h"
#include "millet/io/utf8.h"
#include "millet/text/byte_level.h"
#include "millet/text/chat_template.h"
#include "millet/text/configured_tokens.h"
#include "millet/text/utf8.h"
#include "millet/text/vocabulary_files.h"

namespace millet::text {

using io::Json;

Tokenizer::Tokenizer(std::unique_ptr<TokenModel> model, AddedTokens added, Normalizer normalizer, Decoder decoder)
    : model_(std::move(model)),
      normalizer_(std::move(normalizer)),
      added_(std::move(added)),
      decoder_(std::move(decoder)),
      vocab_size_(model_->size()) {
  for (const AddedToken& t : added_.all()) vocab_size_ = std::max(vocab_size_, t.id + 1);
  added_by_id_.resize(static_cast<size_t>(vocab_size_));
  added_pieces_.resize(static_cast<size_t>(vocab_size_));
  for (const AddedToken& t : added_.all()) {
    added_by_id_[static_cast<size_t>(t.id)] = &t;
    added_pieces_[static_cast<size_t>(t.id)] = decoder_.piece(added_.spelling(t));
  }
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
  Tokenizer built(std::move(model), AddedTokens(std::move(added)));
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

// By way of its tokenizer.json, so that it is what load() makes of the file.
Tokenizer Tokenizer::trained(const BpeMerges& learned, const Json& pre_tokenizer, std::span<const std::string> specials,
                             std::span<const std::string> words) {
  auto spelling = [&](int32_t id) { return to_byte_level(learned.tokens[static_cast<size_t>(id)]); };
  Json vocab = Json::object();
  const auto size = static_cast<int32_t>(learned.tokens.size());
  for (int32_t id = 0; id < size; ++id) vocab[spelling(id)] = id;
  Json merges = Json::array();
  for (const auto& [left, right] : learned.merges) merges.append(Json::array({spelling(left), spelling(right)}));
  Json added = Json::array();
  std::set<std::string> seen;
  auto add = [&](const std::string& content, bool special) {
    require(seen.insert(content).second, "added token '{}' is there twice", content);
    if (const Json* same = vocab.find(content))
      fail("the special token or word '{}' is spelled as token {} of the vocabulary is: leave it out", content,
           same->as_int());
    const auto id = size + static_cast<int32_t>(added.size());
    added.append(Json::object({{"id", id}, {"content", content}, {"special", special}}));
  };
  for (const std::string& token : specials) add(token, true);
  for (const std::string& word : words) add(word, false);
  const Json decoder =
      Json::object({{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}});
  Tokenizer built = read(Json::object(
      {{"added_tokens", std::move(added)},
       {"pre_tokenizer", pre_tokenizer},
       {"decoder", decoder},
       {"model", Json::object({{"type", "BPE"}, {"vocab", std::move(vocab)}, {"merges", std::move(merges)}})}}));
  auto role = [&](std::string_view mark) -> std::optional<int32_t> {
    return std::find(specials.begin(), specials.end(), mark) == specials.end() ? std::nullopt : built.id_of(mark);
  };
  built.pad_ = role(kPad);
  built.bos_ = role(kBos);
  built.eos_ = role(kEos);
  return built;
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, EncodeOptions options) const {
  if (!model_->reads_any_bytes()) {
    const size_t bad = io::invalid_utf8(text);
    require(bad == std::string_view::npos, "byte {} of the text is not UTF-8: this tokenizer reads characters", bad);
  }
  const bool marks = options.allow_special;
  std::vector<int32_t> ids;
  ids.reserve(model_->reads_any_bytes() ? text.size() : text.size() / 3);
  if (!marks && !model_->finds_words()) {
    if (normalizer_.changes_nothing()) {
      model_->encode(text, 0, text.size(), {.place = options.place}, ids);
    } else {
      const std::string normalized = normalizer_.apply(text, options.place != TextPlace::inside);
      model_->encode(normalized, 0, normalized.size(), {.place = options.place}, ids);
    }
    return ids;
  }
  const bool second_pass = !normalizer_.changes_nothing() || added_.has(AddedTokens::Pass::normalized);
  for (const AddedTokens::Cut& cut : added_.cut(text, marks, AddedTokens::Pass::raw, options.guard)) {
    if (cut.begin > 0) options.place = TextPlace::behind_added_token;
    if (cut.token != nullptr) {
      ids.push_back(cut.token->id);
    } else if (second_pass) {
      encode_normalized(text.substr(cut.begin, cut.end - cut.begin), options, ids);
    } else {
      encode_plain(text, cut.begin, cut.end, options, ids);
    }
  }
  return ids;
}

void Tokenizer::encode_normalized(std::string_view text, EncodeOptions options, std::vector<int32_t>& ids) const {
  const std::string normalized = normalizer_.apply(text, options.place != TextPlace::inside);
  for (const AddedTokens::Cut& cut :
       added_.cut(normalized, options.allow_special, AddedTokens::Pass::normalized, options.guard)) {
    if (cut.begin > 0) options.place = TextPlace::behind_added_token;
    if (cut.token != nullptr) {
      ids.push_back(cut.token->id);
    } else {
      encode_plain(normalized, cut.begin, cut.end, options, ids);
    }
  }
}

// What lies between added tokens.
void Tokenizer::encode_plain(std::string_view text, size_t begin, size_t end, EncodeOptions options,
                             std::vector<int32_t>& ids) const {
  const auto encode = [&](std::string_view whole, size_t from, size_t to, bool marks) {
    model_->encode(whole, from, to, {.marks = marks, .place = options.place}, ids);
  };
  if (options.guard.empty()) return encode(text, begin, end, options.allow_special);
  const std::string bare = unguarded(text.substr(begin, end - begin), options.guard);
  if (bare.size() == end - begin) return encode(text, begin, end, options.allow_special);
  encode(bare, 0, bare.size(), false);
}

const AddedToken* Tokenizer::added(int32_t id) const {
  return id >= 0 && id < vocab_size_ ? added_by_id_[static_cast<size_t>(id)] : nullptr;
}

std::string_view Tokenizer::piece_of(int32_t id) const {
  if (added(id) != nullptr) return added_pieces_[static_cast<size_t>(id)];
  return id >= 0 && id < model_->size() ? model_->bytes(id) : std::string_view();
}

std::string_view Tokenizer::bytes_of(int32_t id) const {
  return decoder_.bytes(piece_of(id));
}

// NOTE: a special token that is found normalised, and is then spelled otherwise, is not skipped: `tokenizers` compares
// spellings.
void Tokenizer::decode_next(Decoder::State& state, int32_t id, DecodeOptions options, std::string& out) const {
  const AddedToken* token = added(id);
  if (token != nullptr && token->special && options.skip_special && added_.spelling(*token) == token->content) return;
  const std::string_view piece = piece_of(id);
  if (token != nullptr || !piece.empty()) decoder_.push(state, piece, out);
}

void Tokenizer::decode_end(Decoder::State& state, std::string& out) const {
  decoder_.finish(state, out);
}

std::string Tokenizer::decode(std::span<const int32_t> ids, DecodeOptions options) const {
  Decoder::State state;
  std::string out;
  for (const int32_t id : ids) decode_next(state, id, options, out);
  decode_end(state, out);
  return out;
}

std::optional<int32_t> Tokenizer::id_of(std::string_view token) const {
  if (const AddedToken* known = added_.find(token)) return known->id;
  return model_->id_of(token);
}

// NOTE: marks and words of the kinds made here are added tokens and do not stand in "model.vocab" as well. `tokenizers`
// numbers those that it does not find there itself, one after another behind the vocabulary: the ids here, because they
// are given in that order. What stood in the vocabulary when it was read stands there again.
Json Tokenizer::tokenizer_json() const {
  std::vector<AddedToken> by_id = added_.all();
  std::sort(by_id.begin(), by_id.end(), [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
  Json added = Json::array();
  for (const AddedToken& t : by_id) {
    added.append(Json::object({{"id", t.id},
                               {"content", t.content},
                               {"single_word", t.single_word},
                               {"lstrip", t.lstrip},
                               {"rstrip", t.rstrip},
                               {"normalized", t.normalized},
                               {"special", t.special}}));
  }
  Json out = Json::object({{"version", "1.0"},
                           {"truncation", nullptr},
                           {"padding", nullptr},
                           {"added_tokens", std::move(added)},
                           {"normalizer", nullptr},
                           {"pre_tokenizer", nullptr},
                           {"post_processor", nullptr}});
  for (const char* part : {"normalizer", "post_processor"}) {
    if (const Json* json = as_read_.find(part)) out[part] = *json;
  }
  model_->write(out);
  for (const int32_t id : in_vocabulary_) out["model"]["vocab"][this->added(id)->content] = id;
  return out;
}

// "PreTrainedTokenizerFast" makes AutoTokenizer take tokenizer.json as it is, whatever class the model's type suggests.
Json Tokenizer::tokenizer_config_json() const {
  if (!config_.is_null()) {
    Json out = config_;
    if (!named_templates_.is_null()) out["chat_template"] = named_templates_;
    return out;
  }
  Json out = Json::object({{"tokenizer_class", "PreTrainedTokenizerFast"}, {"clean_up_tokenization_spaces", false}});
  auto spelling = [&](int32_t id) { return added(id) != nullptr ? added(id)->content : std::string(bytes_of(id)); };
  if (bos_) {
    out["add_bos_token"] = true;
    out["bos_token"] = spelling(*bos_);
  }
  if (eos_) out["eos_token"] = spelling(*eos_);
  if (pad_) out["pad_token"] = spelling(*pad_);
  return out;
}

void Tokenizer::save(const std::filesystem::path& directory) const {
  const auto written = files();
  if (!io::is_there(directory)) return io::write_new_directory(directory, written);
  for (const auto& [name, contents] : written) io::write_file_atomically(directory / name, contents);
}

std::vector<std::pair<std::string, std::string>> Tokenizer::files() const {
  std::vector<std::pair<std::string, std::string>> out{{"tokenizer.json", tokenizer_json().pretty()},
                                                       {"tokenizer_config.json", tokenizer_config_json().pretty()}};
  if (!chat_template_.empty() && named_templates_.is_null()) out.emplace_back("chat_template.jinja", chat_template_);
  return out;
}

// ---- loading

static AddedToken read_added_token(const Json& token) {
  const int64_t id = token.at("id").as_int();
  if (id < 0 || id >= kMaxTokens) token.at("id").refuse("is {}: token ids are from 0 to {}", id, kMaxTokens - 1);
  return {.id = static_cast<int32_t>(id),
          .content = token.at("content").as_string(),
          .special = token.bool_or("special", false),
          .normalized = token.bool_or("normalized", false),
          .single_word = token.bool_or("single_word", false),
          .lstrip = token.bool_or("lstrip", false),
          .rstrip = token.bool_or("rstrip", false)};
}

// NOTE: as `tokenizers` does it, which passes over the ids in the list: a token that "model.vocab" has, too, has the id
// that it has there, the others are numbered one after another from the size of the vocabulary on, the same content
// said again changes the token it was. What the library saved itself has these ids already. The list in `tokenizer`
// gets them.
static std::vector<AddedToken> number_added_tokens(Json& tokenizer) {
  std::vector<AddedToken> added;
  const Json* tokens = tokenizer.find("added_tokens");
  if (tokens == nullptr || tokens->is_null()) return added;
  const Json& vocab = tokenizer.at("model").at("vocab");
  std::unordered_map<std::string, size_t> places;
  auto next = static_cast<int64_t>(vocab.size());
  for (const Json& read : tokens->items()) {
    AddedToken token = read_added_token(read);
    const auto [place, is_new] = places.emplace(token.content, added.size());
    const Json* in_vocab = vocab.find(token.content);
    const int64_t id = !is_new ? added[place->second].id : in_vocab != nullptr ? in_vocab->as_int() : next++;
    if (id < 0 || id >= kMaxTokens)
      read.refuse("is token {}: ids are from 0 to {}, as many tokens are read", id, kMaxTokens - 1);
    token.id = static_cast<int32_t>(id);
    if (is_new)
      added.push_back(std::move(token));
    else
      added[place->second] = std::move(token);
  }
  Json numbered = Json::array();
  for (const AddedToken& token : added) numbered.append(Json::object({{"id", token.id}, {"content", token.content}}));
  tokenizer["added_tokens"] = std::move(numbered);
  return added;
}

// Post-processors add tokens at the ends of a text, which encode() never does: those that can do no more are passed
// over.
static void refuse_other_post_processors(const Json* json) {
  if (json == nullptr || json->is_null()) return;
  const std::string& type = json->at("type").as_string();
  if (type == "Sequence") {
    for (const Json& part : json->at("processors").items()) refuse_other_post_processors(&part);
  } else if (type != "ByteLevel" && type != "TemplateProcessing") {
    json->at("type").refuse("is '{}': the post-processors Sequence, ByteLevel and TemplateProcessing are known", type);
  }
}

// The special tokens that a post-processor puts before a text.
static std::vector<std::string> put_in_front(const Json* json) {
  if (json == nullptr || json->is_null()) return {};
  const std::string& type = json->at("type").as_string();
  std::vector<std::string> tokens;
  if (type == "Sequence") {
    for (const Json& part : json->at("processors").items()) {
      std::vector<std::string> more = put_in_front(&part);
      tokens.insert(tokens.begin(), more.begin(), more.end());
    }
  } else if (type == "TemplateProcessing") {
    for (const Json& part : json->at("single").items()) {
      const Json* token = part.find("SpecialToken");
      if (token == nullptr) break;  // the text
      tokens.push_back(token->at("id").as_string());
    }
  }
  return tokens;
}

std::vector<int32_t> Tokenizer::text_start() const {
  const Json* said = config_.find("add_bos_token");
  std::vector<int32_t> ids;
  if (config_.is_null() || (said != nullptr && !said->is_null() && said->as_bool())) {
    if (bos_) ids.push_back(*bos_);
  } else if (said == nullptr || said->is_null()) {
    for (const std::string& token : put_in_front(as_read_.find("post_processor"))) {
      if (const auto id = id_of(token)) ids.push_back(*id);
    }
  }
  return ids;
}

std::optional<std::string> role_in(const Json& config, std::string_view key) {
  const Json* value = config.find(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return value->is_object() ? value->at("content").as_string() : value->as_string();
}

void Tokenizer::read_roles(const Json& config) {
  auto role = [&](std::string_view key) -> std::optional<int32_t> {
    const std::optional<std::string> content = role_in(config, key);
    return content ? id_of(*content) : std::nullopt;
  };
  bos_ = role("bos_token");
  eos_ = role("eos_token");
  pad_ = role("pad_token");
}

// NOTE: "truncation" and "padding" are passed over. They are what the last batch of whoever saved the file was cut to,
// and `transformers` sets both anew in every call.
Tokenizer Tokenizer::read(Json json) {
  refuse_other_post_processors(json.find("post_processor"));
  Normalizer normalizer = Normalizer::read(json.find("normalizer"));
  AddedTokens added(number_added_tokens(json), normalizer);
  Decoder decoder;
  std::unique_ptr<TokenModel> model = read_character_model(json);
  if (model == nullptr) model = read_byte_model(json);
  if (model == nullptr) {
    decoder = Decoder::read(json.find("decoder"));
    model = read_bpe_model(json, decoder, added);
  }
  Tokenizer loaded(std::move(model), std::move(added), std::move(normalizer), std::move(decoder));
  for (const AddedToken& t : loaded.added_.all()) {
    if (json.at("model").at("vocab").contains(t.content)) loaded.in_vocabulary_.push_back(t.id);
  }
  loaded.as_read_ = Json::object();
  for (const char* part : {"normalizer", "post_processor"}) {
    if (const Json* value = json.find(part)) loaded.as_read_[part] = *value;
  }
  return loaded;
}

Tokenizer Tokenizer::load(const std::filesystem::path& directory) {
  require(!std::filesystem::is_regular_file(directory), "{} is a file: name the directory that holds tokenizer.json",
          directory.string());
  const Json roles = read_tokenizer_config(directory);
  if (!io::is_there(directory / "tokenizer.json")) refuse_other_vocabularies(directory);
  Json tokenizer;
  if (io::is_there(directory / "tokenizer.json") || !has_vocabulary_files(directory)) {
    tokenizer = io::read_json(directory / "tokenizer.json");
    add_missing_parts(tokenizer, roles);
  } else {
    tokenizer = read_vocabulary_files(directory, roles);
  }
  Tokenizer loaded = read(std::move(tokenizer));
  if (!roles.is_null()) {
    loaded.config_ = roles;
    loaded.read_roles(roles);
  }
  if (const std::filesystem::path chat = directory / "chat_template.jinja"; io::is_there(chat))
    loaded.chat_template_ = io::read_file(chat);
  loaded.named_templates_ = ChatTemplate::several_in(directory, loaded.config_);
  return loaded;
}

}  // namespace millet::text
