// Character tokenizers. In tokenizer.json: BPE over single characters without a single merge, so that `tokenizers` cuts
// text into characters, too. The decoder "Fuse" joins them again; without one, `tokenizers` would put spaces between.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "millet/core/error.h"
#include "millet/core/unicode.h"
#include "millet/io/utf8.h"
#include "millet/text/token_model.h"
#include "millet/text/utf8.h"

namespace millet::text {
namespace {

using io::Json;

// The one code point that a spelling consists of, if it does.
std::optional<char32_t> single_character(std::string_view spelling) {
  if (spelling.empty()) return std::nullopt;
  const Utf8Character c = utf8_at(spelling, 0);
  if (!c.valid || c.bytes != spelling.size()) return std::nullopt;
  return c.point;
}

class CharacterModel final : public TokenModel {
 public:
  // ids[c] for every character; unk < 0: there is no token for unknown characters.
  CharacterModel(const std::map<char32_t, int32_t>& ids, int32_t unk, std::string unk_spelling)
      : ids_(ids.begin(), ids.end()), unk_(unk), unk_spelling_(std::move(unk_spelling)) {
    int32_t last = unk;
    for (const auto& [point, id] : ids) last = std::max(last, id);
    bytes_.resize(static_cast<size_t>(last) + 1);
    for (const auto& [point, id] : ids) bytes_[static_cast<size_t>(id)] = unicode::encode(point);
    if (unk >= 0) bytes_[static_cast<size_t>(unk)] = unk_spelling_;
  }

  std::string_view kind() const override { return "characters"; }
  int32_t size() const override { return static_cast<int32_t>(bytes_.size()); }

  // Reading stops at `end`, where an added token begins: its first byte is a character's first byte, too.
  void encode(std::string_view text, size_t begin, size_t end, Encoding, std::vector<int32_t>& ids) const override {
    for (size_t at = begin; at < end;) {
      const Utf8Character c = utf8_at(text, at);
      require(c.valid, "byte {} of the text is not UTF-8: this tokenizer reads characters", at);
      const auto known = ids_.find(c.point);
      if (known == ids_.end() && unk_ < 0) refuse(c.point, text, at);
      ids.push_back(known == ids_.end() ? unk_ : known->second);
      at += c.bytes;
    }
  }

  std::string_view bytes(int32_t id) const override { return bytes_[static_cast<size_t>(id)]; }

  std::optional<int32_t> id_of(std::string_view spelling) const override {
    if (unk_ >= 0 && spelling == unk_spelling_) return unk_;
    const auto point = single_character(spelling);
    const auto known = point ? ids_.find(*point) : ids_.end();
    return known == ids_.end() ? std::nullopt : std::optional(known->second);
  }

  void write(Json& tokenizer) const override {
    Json vocab = Json::object();
    for (int32_t id = 0; id < size(); ++id) {
      if (!bytes(id).empty()) vocab[bytes(id)] = id;
    }
    tokenizer["pre_tokenizer"] = nullptr;
    tokenizer["decoder"] = Json::object({{"type", "Fuse"}});
    tokenizer["model"] = bpe_without_merges(std::move(vocab), unk_ < 0 ? Json() : Json(unk_spelling_));
  }

 private:
  [[noreturn]] static void refuse(char32_t point, std::string_view text, size_t at) {
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < at; i += utf8_at(text, i).bytes) {
      column = text[i] == '\n' ? 1 : column + 1;
      line += text[i] == '\n' ? 1 : 0;
    }
    fail(
        "the character {} at line {}, column {} of the text has no token: this tokenizer knows the characters that it "
        "was built from and no others",
        describe(point), line, column);
  }

  std::unordered_map<char32_t, int32_t> ids_;
  std::vector<std::string> bytes_;  // by id
  int32_t unk_;
  std::string unk_spelling_;
};

}  // namespace

std::unique_ptr<TokenModel> read_character_model(const Json& tokenizer) {
  if (!is_bpe_without_merges(tokenizer)) return nullptr;
  const Json* pre_tokenizer = tokenizer.find("pre_tokenizer");
  const Json* decoder = tokenizer.find("decoder");
  if ((pre_tokenizer != nullptr && !pre_tokenizer->is_null()) || changes_text(tokenizer)) return nullptr;
  if (decoder == nullptr || decoder->string_or("type", "") != "Fuse") return nullptr;

  const std::string unk_spelling = tokenizer.at("model").string_or("unk_token", "");
  int32_t unk = -1;
  std::map<char32_t, int32_t> ids;
  for (const auto& [spelling, id] : read_vocabulary(tokenizer)) {
    if (spelling == unk_spelling) {
      unk = id;
    } else if (const auto point = single_character(spelling)) {
      ids[*point] = id;
    } else {
      return nullptr;
    }
  }
  return std::make_unique<CharacterModel>(ids, unk, unk_spelling);
}

std::unique_ptr<TokenModel> make_character_model(std::string_view characters) {
  const size_t bad = io::invalid_utf8(characters);
  require(bad == std::string_view::npos, "byte {} of the text is not UTF-8: characters cannot be collected from it",
          bad);
  std::map<char32_t, int32_t> ids;
  for (size_t at = 0; at < characters.size(); at += utf8_at(characters, at).bytes)
    ids[utf8_at(characters, at).point] = 0;
  int32_t next = 0;
  for (auto& [point, id] : ids) id = next++;
  return std::make_unique<CharacterModel>(ids, -1, "");
}

}  // namespace millet::text
