// Text ↔ token ids, by a Hugging Face tokenizer.json and tokenizer_config.json. `tokenizers` and `transformers` load
// what is saved here and cut text into the same ids.
//
// The kinds are "characters" (character_tokenizer.cc) and "bytes" (byte_tokenizer.cc), which are made here, and "bpe"
// (bpe_tokenizer.cc), which is trained: by others, or by bpe_trainer. Beside its kind's vocabulary a tokenizer has
// added tokens: marks such as <bos> and <think>, and whole words such as "wait".
//
//   text ─ added_tokens ─ normalizer ─ added_tokens ─ pre_tokenizer ─ bpe → ids ─ decoder → text
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millet/text/added_tokens.h"
#include "millet/text/bpe_trainer.h"
#include "millet/text/decoder.h"
#include "millet/text/mark_guard.h"
#include "millet/text/normalizer.h"
#include "millet/text/token_model.h"

namespace millet::text {

// The marks of documents; all of them special.
inline constexpr std::string_view kPad = "<pad>";
inline constexpr std::string_view kBos = "<bos>";
inline constexpr std::string_view kEos = "<eos>";

// What a tokenizer_config.json has for "bos_token" and its like: a string, or an object as `transformers` writes for
// AddedToken. None where it is absent or null.
std::optional<std::string> role_in(const io::Json& config, std::string_view key);

struct EncodeOptions {
  // Marks that the text spells out become their tokens, as `tokenizers` finds them; none is added at either end. Never
  // for text from outside: a user who writes "</think>" must get characters. Without it the kinds that are made here
  // find words alone, and "bpe" no added token at all. (In `transformers` terms false is near
  // split_special_tokens=True, which lets <think> through.)
  bool allow_special = false;
  // Of the marks that are none, in a text in which they are mixed with others (text/chat_prompt): left out once the
  // marks are found.
  MarkGuard guard = {};
  // What stands before the text: nothing, an added token, or text that it goes on from. Some tokenizers put a space
  // before the first, and some before the second.
  TextPlace place = TextPlace::beginning;
};

struct DecodeOptions {
  bool skip_special = false;  // leave out special tokens: <pad>, <bos>, <eos>; <think> and its like stay
};

class Tokenizer {
 public:
  // One token for each character of `characters` (a corpus, an alphabet), then <pad> <bos> <eos>, then `words`: further
  // marks and words in their order. Without `marks` the first three are left out, for running text: it has no
  // documents, so the tokens would never be learned, and a <bos> before a prompt would only disturb. Throws Error:
  // invalid UTF-8 or no characters.
  static Tokenizer characters(std::string_view characters, std::span<const std::string> words = {}, bool marks = true);
  // One token for each byte, then the same.
  static Tokenizer bytes(std::span<const std::string> words = {}, bool marks = true);

  // What train_bpe learned of words that `pre_tokenizer` cut, a JSON of PreTokenizer::byte_level_json: its tokens, then
  // `specials` in their order (kPad, kBos and kEos among them become pad, bos and eos), then `words`. Throws Error: a
  // special or a word that is empty, too long, there twice, or spelled as one of the tokens.
  static Tokenizer trained(const BpeMerges& learned, const io::Json& pre_tokenizer,
                           std::span<const std::string> specials, std::span<const std::string> words = {});

  // From a directory: its tokenizer.json, else its vocab.json and merges.txt (vocabulary_files.h).
  // tokenizer_config.json may be absent: then there is no bos, eos and pad. Added tokens have the ids that `tokenizers`
  // gives them, whatever the file says. Throws Error: missing or malformed files, and kinds of tokenizers that are not
  // known, by name.
  static Tokenizer load(const std::filesystem::path& directory);
  // A directory that is not there appears whole; in one that is, file by file.
  void save(const std::filesystem::path& directory) const;
  // What save writes: name and contents of each file.
  std::vector<std::pair<std::string, std::string>> files() const;

  // Ids of a text, nothing added at either end. Throws Error naming character and place where the kind has no token, or
  // where the text is no UTF-8 and the kind cannot read it.
  std::vector<int32_t> encode(std::string_view text, EncodeOptions options = {}) const;

  // The text of ids, always UTF-8: what is not becomes U+FFFD. An id without a token gives nothing, as in `tokenizers`:
  // a model may have more rows than its tokenizer has tokens.
  std::string decode(std::span<const int32_t> ids, DecodeOptions options = {}) const;

  // The same, token by token: each call appends the text that becomes certain. One Decoder::State from first to last.
  void decode_next(Decoder::State& state, int32_t id, DecodeOptions options, std::string& out) const;
  void decode_end(Decoder::State& state, std::string& out) const;

  // The bytes of one token: a character or several, a piece of one, or the spelling of an added token.
  std::string_view bytes_of(int32_t id) const;
  const AddedToken* added(int32_t id) const;  // null: no added token

  std::string_view kind() const { return model_->kind(); }
  int32_t vocab_size() const { return vocab_size_; }           // one more than the highest id
  std::optional<int32_t> id_of(std::string_view token) const;  // as tokenizer.json spells it: "<think>", "a", "Ġ"

  std::optional<int32_t> bos() const { return bos_; }
  std::optional<int32_t> eos() const { return eos_; }
  std::optional<int32_t> pad() const { return pad_; }
  // What a text that a model goes on from begins with: <bos> where "add_bos_token" of tokenizer_config.json says so,
  // where it says nothing what the post-processor of tokenizer.json puts in front.
  std::vector<int32_t> text_start() const;

  // The contents of the two files.
  io::Json tokenizer_json() const;
  io::Json tokenizer_config_json() const;

 private:
  Tokenizer(std::unique_ptr<TokenModel> model, AddedTokens added, Normalizer normalizer = {}, Decoder decoder = {});
  static Tokenizer build(std::unique_ptr<TokenModel> model, std::span<const std::string> words, bool marks);
  static Tokenizer read(io::Json json);  // tokenizer.json, without roles
  void read_roles(const io::Json& config);
  void encode_normalized(std::string_view text, EncodeOptions options, std::vector<int32_t>& ids) const;
  void encode_plain(std::string_view text, size_t begin, size_t end, EncodeOptions options,
                    std::vector<int32_t>& ids) const;
  std::string_view piece_of(int32_t id) const;  // for decoder_

  std::unique_ptr<TokenModel> model_;
  Normalizer normalizer_;
  AddedTokens added_;
  Decoder decoder_;
  io::Json as_read_;                       // "normalizer" and "post_processor" of the file, which are written again
  io::Json config_;                        // tokenizer_config.json as read, or null
  std::string chat_template_;              // chat_template.jinja as read, or ""
  io::Json named_templates_;               // where the directory has more of them: all, as a list of name and template
  std::vector<int32_t> in_vocabulary_;     // added tokens that stand in "model.vocab", too
  std::vector<std::string> added_pieces_;  // [vocab_size], of added tokens
  std::vector<const AddedToken*> added_by_id_;  // [vocab_size], null where the kind's own
  int32_t vocab_size_ = 0;
  std::optional<int32_t> bos_, eos_, pad_;
};

}  // namespace millet::text
