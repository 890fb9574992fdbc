// Byte tokenizers: every text of any bytes, 256 tokens. In tokenizer.json: BPE without merges behind the ByteLevel
// pre-tokenizer, which spells each byte as one printable character (GPT-2's table).
#include <array>
#include <map>
#include <string>

#include "millet/core/unicode.h"
#include "millet/text/byte_level.h"
#include "millet/text/token_model.h"
#include "millet/text/utf8.h"

namespace millet::text {
namespace {

using io::Json;

std::string printable(int byte) {
  return unicode::encode(byte_level_character(static_cast<uint8_t>(byte)));
}

class ByteModel final : public TokenModel {
 public:
  explicit ByteModel(const std::array<int32_t, 256>& ids) : ids_(ids) {
    for (size_t byte = 0; byte < 256; ++byte) bytes_[static_cast<size_t>(ids[byte])] = static_cast<char>(byte);
  }

  std::string_view kind() const override { return "bytes"; }
  int32_t size() const override { return 256; }

  void encode(std::string_view text, size_t begin, size_t end, Encoding, std::vector<int32_t>& ids) const override {
    for (size_t at = begin; at < end; ++at) ids.push_back(ids_[static_cast<unsigned char>(text[at])]);
  }

  std::string_view bytes(int32_t id) const override { return {&bytes_[static_cast<size_t>(id)], 1}; }

  std::optional<int32_t> id_of(std::string_view spelling) const override {
    for (int byte = 0; byte < 256; ++byte) {
      if (printable(byte) == spelling) return ids_[static_cast<size_t>(byte)];
    }
    return std::nullopt;
  }

  void write(Json& tokenizer) const override {
    Json vocab = Json::object();
    for (const char byte : bytes_) {
      const auto value = static_cast<unsigned char>(byte);
      vocab[printable(value)] = ids_[value];
    }
    const Json byte_level = Json::object(
        {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}});
    tokenizer["pre_tokenizer"] = byte_level;
    tokenizer["decoder"] = byte_level;
    tokenizer["model"] = bpe_without_merges(std::move(vocab), nullptr);
  }

 private:
  std::array<int32_t, 256> ids_;   // by byte
  std::array<char, 256> bytes_{};  // by id
};

bool is_byte_level(const Json* part) {
  return part != nullptr && part->string_or("type", "") == "ByteLevel";
}

}  // namespace

std::unique_ptr<TokenModel> read_byte_model(const Json& tokenizer) {
  if (!is_bpe_without_merges(tokenizer)) return nullptr;
  const Json* pre_tokenizer = tokenizer.find("pre_tokenizer");
  if (!is_byte_level(pre_tokenizer) || !is_byte_level(tokenizer.find("decoder"))) return nullptr;
  if (pre_tokenizer->bool_or("add_prefix_space", true) || changes_text(tokenizer)) return nullptr;

  const auto vocabulary = read_vocabulary(tokenizer);
  const std::map<std::string, int32_t> by_spelling(vocabulary.begin(), vocabulary.end());
  if (by_spelling.size() != 256) return nullptr;
  std::array<int32_t, 256> ids{};
  for (int byte = 0; byte < 256; ++byte) {
    const auto token = by_spelling.find(printable(byte));
    if (token == by_spelling.end() || token->second >= 256) return nullptr;
    ids[static_cast<size_t>(byte)] = token->second;
  }
  return std::make_unique<ByteModel>(ids);
}

std::unique_ptr<TokenModel> make_byte_model() {
  std::array<int32_t, 256> ids{};
  for (size_t byte = 0; byte < 256; ++byte) ids[byte] = static_cast<int32_t>(byte);
  return std::make_unique<ByteModel>(ids);
}

}  // namespace millet::text
