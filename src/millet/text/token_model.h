// The part of a tokenizer that differs by kind: plain text ↔ ids of the kind's own vocabulary. Added tokens, which
// every kind has in the same way, are the tokenizer's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millet/io/json.h"
#include "millet/text/added_tokens.h"
#include "millet/text/decoder.h"

namespace millet::text {

// Ids are below it: four times the largest vocabulary that is published, and no file can make tables grow further.
inline constexpr int64_t kMaxTokens = int64_t{1} << 20;
// Parts of a normalizer, a pre-tokenizer or a decoder that are read at most.
inline constexpr size_t kMostSteps = 64;

// Where a text stands in the whole that it is a part of: it decides whether a space is put before it.
enum class TextPlace : unsigned char { beginning, behind_added_token, inside };

class TokenModel {
 public:
  virtual ~TokenModel() = default;

  virtual std::string_view kind() const = 0;  // "characters", "bytes", "bpe"
  virtual int32_t size() const = 0;           // ids are below it

  // Words are found in every text. False for what others trained: there a text from outside is text and nothing else.
  virtual bool finds_words() const { return true; }
  virtual bool reads_any_bytes() const { return true; }  // false: texts must be UTF-8

  struct Encoding {
    bool marks = false;  // without it no token that is a mark comes of joining characters
    TextPlace place = TextPlace::beginning;
  };
  // Appends the ids of text[begin, end). The whole text is given so that an error can say where in it.
  virtual void encode(std::string_view text, size_t begin, size_t end, Encoding how,
                      std::vector<int32_t>& ids) const = 0;

  // What the decoder takes for a token (Decoder::piece); empty for an id that is none.
  virtual std::string_view bytes(int32_t id) const = 0;

  // By its spelling in tokenizer.json, where a space of the byte kind is "Ġ".
  virtual std::optional<int32_t> id_of(std::string_view spelling) const = 0;

  // Adds "pre_tokenizer", "decoder" and "model" to a tokenizer.json.
  virtual void write(io::Json& tokenizer) const = 0;
};

// The tokens of tokenizer.json's "model.vocab" that are the kind's own: without those which "added_tokens" lists, too.
// Throws Error: an id that is negative, not below kMaxTokens or given twice.
std::vector<std::pair<std::string, int32_t>> read_vocabulary(const io::Json& tokenizer);

// BPE that joins nothing: no merges, no prefix or suffix inside words, no byte fallback.
bool is_bpe_without_merges(const io::Json& tokenizer);
io::Json bpe_without_merges(io::Json vocabulary, io::Json unk_token);

// It has a normalizer.
bool changes_text(const io::Json& tokenizer);

// Each gives nothing for a tokenizer.json of another kind. Throws Error where it is of this kind and wrong.
std::unique_ptr<TokenModel> read_character_model(const io::Json& tokenizer);
std::unique_ptr<TokenModel> read_byte_model(const io::Json& tokenizer);
// Any other BPE. Throws Error naming the place: models of other types, and what of BPE is not known.
std::unique_ptr<TokenModel> read_bpe_model(const io::Json& tokenizer, const Decoder& decoder, const AddedTokens& added);

// One token for each character of `characters` (UTF-8), ids in the order of code points. Throws Error: invalid UTF-8.
std::unique_ptr<TokenModel> make_character_model(std::string_view characters);
// 256 tokens, each id its byte.
std::unique_ptr<TokenModel> make_byte_model();

}  // namespace millet::text
