#include "millet/text/decoder.h"

#include <array>
#include <optional>

#include "millet/core/error.h"
#include "millet/io/utf8.h"
#include "millet/text/byte_level.h"
#include "millet/text/metaspace.h"
#include "millet/text/token_model.h"
#include "millet/text/utf8.h"

namespace millet::text {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// "<0x0A>", either case. `tokenizers` reads the two digits as Rust reads a number, so that "<0x+A>" is one, too.
std::optional<unsigned char> byte_token(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return std::nullopt;
  const int high = token[3] == '+' ? 0 : hex_digit(token[3]);
  const int low = hex_digit(token[4]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<unsigned char>(high * 16 + low);
}

constexpr std::array<char, 256> all_bytes() {
  std::array<char, 256> bytes{};
  for (size_t i = 0; i < 256; ++i) bytes[i] = static_cast<char>(i);
  return bytes;
}
constexpr std::array<char, 256> kBytes = all_bytes();

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  size_t at = 0;
  for (size_t found = text.find(from); found != std::string_view::npos; found = text.find(from, at)) {
    out += text.substr(at, found - at);
    out += to;
    at = found + from.size();
  }
  out += text.substr(at);
  return out;
}

// In a piece of Metaspace, a space that the token is spelled with, and no "▁": it stays in the first token, too. No
// spelling has that byte.
constexpr std::string_view kOwnSpace = "\xFF";

std::string stripped(std::string_view text, std::string_view character, size_t most) {
  for (size_t n = 0; n < most && text.starts_with(character); ++n) text.remove_prefix(character.size());
  return std::string(text);
}

// The character and the number of a Strip.
std::pair<std::string, size_t> read_strip(const io::Json& json) {
  const std::string& content = json.at("content").as_string();
  if (content.empty() || utf8_at(content, 0).bytes != content.size())
    json.at("content").refuse("is '{}': one character is wanted", content);
  if (json.int_or("stop", 0) != 0) json.at("stop").refuse("is not 0: only the beginning of a text is stripped");
  const int64_t start = json.int_or("start", 0);
  if (start < 0 || start > 1'000'000) json.at("start").refuse("is {}: from 0 to 1,000,000", start);
  return {content, static_cast<size_t>(start)};
}

}  // namespace

void Decoder::add(const io::Json& json) {
  const std::string& type = json.at("type").as_string();
  if (type == "Sequence") {
    for (const io::Json& part : json.at("decoders").items()) add(part);
    return;
  }
  auto refuse_behind = [&](bool there, const char* what) {
    if (there) json.refuse("stands behind {}: it is read only before", what);
  };
  if (type == "Replace") {
    refuse_behind(byte_fallback_, "ByteFallback");
    refuse_behind(fused_, "Fuse");
    const io::Json* from = json.at("pattern").find("String");
    if (from == nullptr || from->as_string().empty())
      json.at("pattern").refuse("is no {{\"String\": …}}: the decoder Replace is read with such alone");
    changes_.push_back({.replace = true, .from = from->as_string(), .to = json.at("content").as_string()});
  } else if (type == "Strip" && !fused_) {
    refuse_behind(byte_fallback_, "ByteFallback");
    const auto [character, most] = read_strip(json);
    changes_.push_back({.replace = false, .from = character, .most = most});
  } else if (type == "Strip") {
    refuse_behind(!strip_.empty(), "a Strip of the whole text");
    std::tie(strip_, most_strips_) = read_strip(json);
  } else if (type == "ByteFallback") {
    refuse_behind(fused_, "Fuse");
    byte_fallback_ = true;
  } else if (type == "Fuse") {
    refuse_behind(!strip_.empty(), "a Strip of the whole text");
    fused_ = true;
  } else {
    json.at("type").refuse(
        "is '{}': the decoders Sequence, ByteLevel, Metaspace, Replace, ByteFallback, Fuse and Strip are known", type);
  }
  if (changes_.size() > kMostSteps) json.refuse("is step {}: at most {} are read", kMostSteps + 1, kMostSteps);
}

// The decoder of this type that stands alone, as it is or in sequences; a null pointer where it does not.
static const io::Json* alone(const io::Json& json, std::string_view wanted) {
  const std::string& type = json.at("type").as_string();
  if (type == wanted) return &json;
  if (type != "Sequence" || json.at("decoders").size() != 1) return nullptr;
  return alone(json.at("decoders").at(0), wanted);
}

Decoder Decoder::read(const io::Json* json) {
  Decoder decoder;
  if (json == nullptr || json->is_null()) {
    decoder.kind_ = Kind::spaces;
  } else if (alone(*json, "ByteLevel") != nullptr) {
    decoder.kind_ = Kind::byte_level;
  } else if (const io::Json* metaspace = alone(*json, "Metaspace")) {
    const Metaspace read = Metaspace::read(*metaspace);
    decoder.kind_ = Kind::metaspace;
    if (read.character != " ") {
      decoder.changes_ = {{.replace = true, .from = " ", .to = std::string(kOwnSpace)},
                          {.replace = true, .from = read.character, .to = " "}};
    }
    decoder.drops_first_spaces_ = read.prefix != Metaspace::Prefix::never;
  } else {
    decoder.kind_ = Kind::sequence;
    decoder.add(*json);
  }
  return decoder;
}

// NOTE: a token with a character that is none of the 256, such as an added "<｜User｜>", stands for its own bytes; but
// an added "é" is a lone byte 0xE9, and so no text. `tokenizers` has it so.
std::string Decoder::piece(std::string_view spelling) const {
  if (kind_ == Kind::byte_level) return from_byte_level(spelling).value_or(std::string(spelling));
  std::string out(spelling);
  for (const Change& change : changes_)
    out = change.replace ? replaced(out, change.from, change.to) : stripped(out, change.from, change.most);
  return out;
}

std::string_view Decoder::bytes(std::string_view piece) const {
  const auto byte = byte_fallback_ ? byte_token(piece) : std::nullopt;
  return byte ? std::string_view(&kBytes[*byte], 1) : piece;
}

void Decoder::emit(State& state, std::string_view text, std::string& out) const {
  while (!state.begun && !text.empty()) {
    if (state.stripped < most_strips_ && text.starts_with(strip_)) {
      text.remove_prefix(strip_.size());
      ++state.stripped;
    } else {
      state.begun = true;
    }
  }
  out += text;
}

// NOTE: `tokenizers` takes all byte tokens that stand together for one string: where it is no UTF-8, each of them
// becomes U+FFFD, the good ones too. So nothing of them is certain before another token.
void Decoder::flush_bytes(State& state, std::string& out) const {
  if (state.held.empty()) return;
  if (io::invalid_utf8(state.held) == std::string_view::npos) {
    emit(state, state.held, out);
  } else {
    for (size_t i = 0; i < state.held.size(); ++i) emit(state, kReplacement, out);
  }
  state.held.clear();
}

void Decoder::push(State& state, std::string_view piece, std::string& out) const {
  switch (kind_) {
    case Kind::spaces:
      if (std::exchange(state.begun, true)) out += ' ';
      out += piece;
      break;
    case Kind::metaspace:
      out += replaced(
          std::exchange(state.begun, true) || !drops_first_spaces_ ? std::string(piece) : replaced(piece, " ", ""),
          kOwnSpace, " ");
      break;
    case Kind::bytes:
    case Kind::byte_level: {
      // What cannot become a character any more is replaced at once; what still can is waited for.
      state.held += piece;
      const size_t complete = complete_utf8(state.held);
      out += replace_invalid_utf8(std::string_view(state.held).substr(0, complete));
      state.held.erase(0, complete);
      break;
    }
    case Kind::sequence:
      if (const auto byte = byte_fallback_ ? byte_token(piece) : std::nullopt) {
        state.held += static_cast<char>(*byte);
      } else {
        flush_bytes(state, out);
        emit(state, piece, out);
      }
      break;
  }
}

void Decoder::finish(State& state, std::string& out) const {
  if (kind_ == Kind::sequence) {
    flush_bytes(state, out);
  } else {
    out += replace_invalid_utf8(state.held);
  }
  state = {};
}

}  // namespace millet::text
