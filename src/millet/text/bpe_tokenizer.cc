// BPE tokenizers as others train them: tokenizer.json of DeepSeek, Qwen, Llama, GPT-2 and their like.
#include <mutex>
#include <string>
#include <unordered_map>

#include "millet/core/error.h"
#include "millet/text/bpe.h"
#include "millet/text/pre_tokenizer.h"
#include "millet/text/token_model.h"
#include "millet/text/word_cache.h"

namespace millet::text {
namespace {

using io::Json;
using Merges = std::vector<std::pair<std::string_view, std::string_view>>;

class BpeModel final : public TokenModel {
 public:
  BpeModel(PreTokenizer pre_tokenizer, std::unique_ptr<Bpe> bpe, const Decoder& decoder, const Json& tokenizer)
      : pre_tokenizer_(std::move(pre_tokenizer)), bpe_(std::move(bpe)) {
    for (const char* part : {"pre_tokenizer", "decoder"}) {
      if (const Json* json = tokenizer.find(part)) as_read_[part] = *json;
    }
    pieces_.reserve(static_cast<size_t>(bpe_->size()));
    for (int32_t id = 0; id < bpe_->size(); ++id) pieces_.push_back(decoder.piece(bpe_->spelling(id)));
  }

  std::string_view kind() const override { return "bpe"; }
  int32_t size() const override { return bpe_->size(); }
  bool finds_words() const override { return false; }
  bool reads_any_bytes() const override { return false; }
  std::string_view bytes(int32_t id) const override { return pieces_[static_cast<size_t>(id)]; }
  std::optional<int32_t> id_of(std::string_view spelling) const override { return bpe_->id_of(spelling); }

  // Words are remembered, whichever thread comes first; one that finds the memory in use does without it.
  void encode(std::string_view text, size_t begin, size_t end, Encoding how, std::vector<int32_t>& ids) const override {
    std::string piece(text.substr(begin, end - begin));
    const std::vector<PreTokenizer::Piece> words = pre_tokenizer_.split(piece, how.place == TextPlace::beginning);
    const std::unique_lock<std::mutex> lock(in_use_, std::try_to_lock);
    const bool remembers = lock.owns_lock() && (how.marks || !bpe_->can_make_marks());
    for (const PreTokenizer::Piece& place : words) {
      const std::string_view word = std::string_view(piece).substr(place.begin, place.end - place.begin);
      if (!remembers) {
        bpe_->encode(word, how.marks, ids);
      } else if (const auto known = cache_.find(word)) {
        ids.insert(ids.end(), known->begin(), known->end());
      } else {
        const size_t before = ids.size();
        bpe_->encode(word, how.marks, ids);
        cache_.put(word, std::span(ids).subspan(before));
      }
    }
  }

  void write(Json& tokenizer) const override {
    for (const char* part : {"pre_tokenizer", "decoder"}) {
      const Json* json = as_read_.find(part);
      tokenizer[part] = json == nullptr ? Json() : *json;
    }
    Json vocab = Json::object();
    for (int32_t id = 0; id < bpe_->size(); ++id) {
      if (!bpe_->spelling(id).empty()) vocab[bpe_->spelling(id)] = id;
    }
    Json merges = Json::array();
    for (const auto& [left, right] : bpe_->merges())
      merges.append(Json::array({bpe_->spelling(left), bpe_->spelling(right)}));
    const BpeOptions& options = bpe_->options();
    tokenizer["model"] = Json::object({{"type", "BPE"},
                                       {"dropout", nullptr},
                                       {"unk_token", options.unk_token.empty() ? Json() : Json(options.unk_token)},
                                       {"continuing_subword_prefix", nullptr},
                                       {"end_of_word_suffix", nullptr},
                                       {"fuse_unk", options.fuse_unk},
                                       {"byte_fallback", options.byte_fallback},
                                       {"ignore_merges", options.ignore_merges},
                                       {"vocab", std::move(vocab)},
                                       {"merges", std::move(merges)}});
  }

 private:
  PreTokenizer pre_tokenizer_;
  std::unique_ptr<Bpe> bpe_;
  Json as_read_ = Json::object();    // "pre_tokenizer" and "decoder" of the file
  std::vector<std::string> pieces_;  // by id
  mutable std::mutex in_use_;        // guards cache_
  mutable WordCache cache_;
};

// "a b", or ["a", "b"] where tokens may have spaces.
std::pair<std::string_view, std::string_view> read_merge(const Json& json) {
  if (json.is_array()) {
    if (json.size() != 2) json.refuse("has {} parts: a merge joins two tokens", json.size());
    return {json.at(size_t{0}).as_string(), json.at(size_t{1}).as_string()};
  }
  const std::string_view line = json.as_string();
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos)
    json.refuse("is '{}': a merge is two tokens with one space between them", line);
  return {line.substr(0, space), line.substr(space + 1)};
}

Merges read_merges(const Json& model) {
  Merges merges;
  const Json& list = model.at("merges");
  merges.reserve(list.size());
  for (const Json& merge : list.items()) {
    if (merge.is_string() && merge.as_string().starts_with("#version")) continue;
    merges.push_back(read_merge(merge));
  }
  return merges;
}

// All tokens of "model.vocab", those that are added, too: merges and numbering go by the whole list.
std::vector<std::pair<std::string, int32_t>> read_whole_vocabulary(const Json& model, const AddedTokens& added) {
  std::vector<std::pair<std::string, int32_t>> vocabulary;
  const Json& vocab = model.at("vocab");
  vocabulary.reserve(vocab.size());
  for (const auto& [spelling, id] : vocab.members()) {
    const int64_t value = id.as_int();
    if (value < 0 || value >= kMaxTokens) id.refuse("is {}: token ids are from 0 to {}", value, kMaxTokens - 1);
    if (spelling.empty()) id.refuse("is the id of an empty token: no text is cut into such");
    const auto id32 = static_cast<int32_t>(value);
    const AddedToken* same_id = added.find(id32);
    if (same_id != nullptr && same_id->content != spelling)
      id.refuse("is {}, the id of the added token '{}', too", value, same_id->content);
    const AddedToken* same_spelling = added.find(spelling);
    if (same_spelling != nullptr && same_spelling->id != id32)
      id.refuse("is {}: the added token of this spelling has {}", value, same_spelling->id);
    vocabulary.emplace_back(spelling, id32);
  }
  return vocabulary;
}

}  // namespace

std::unique_ptr<TokenModel> read_bpe_model(const Json& tokenizer, const Decoder& decoder, const AddedTokens& added) {
  const Json& model = tokenizer.at("model");
  const std::string type = model.string_or("type", "BPE");
  if (type != "BPE") model.refuse("is a {} tokenizer: BPE is the one type that is known", type);
  if (model.double_or("dropout", 0) != 0) model.at("dropout").refuse("is not 0: encoding is never random");
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!model.string_or(key, "").empty()) model.at(key).refuse("is set: tokens spelled by their place are not known");
  }
  PreTokenizer pre_tokenizer = PreTokenizer::read(tokenizer.find("pre_tokenizer"));
  const BpeOptions options{.byte_level = pre_tokenizer.byte_level(),
                           .byte_fallback = model.bool_or("byte_fallback", false),
                           .fuse_unk = model.bool_or("fuse_unk", false),
                           .ignore_merges = model.bool_or("ignore_merges", false),
                           .unk_token = model.string_or("unk_token", "")};
  std::vector<int32_t> marks;
  for (const AddedToken& token : added.all()) {
    if (token.is_mark()) marks.push_back(token.id);
  }
  const auto vocabulary = read_whole_vocabulary(model, added);
  std::unique_ptr<Bpe> bpe;
  try {
    bpe = std::make_unique<Bpe>(vocabulary, read_merges(model), options, marks);
  } catch (const Error& error) {
    throw error.within(model.place());
  }
  return std::make_unique<BpeModel>(std::move(pre_tokenizer), std::move(bpe), decoder, tokenizer);
}

}  // namespace millet::text
