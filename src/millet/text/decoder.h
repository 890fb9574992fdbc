// "decoder" of tokenizer.json: tokens → text, one after another, so that what is certain can be shown at once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millet/io/json.h"

namespace millet::text {

// None (tokens joined by spaces), ByteLevel, Metaspace, Fuse, and sequences of Replace, Strip, ByteFallback, Fuse and
// Strip, in this order, are known.
class Decoder {
 public:
  Decoder() : kind_(Kind::bytes) {}  // the tokens' bytes, joined; what is no UTF-8 becomes U+FFFD

  // Null and JSON null: tokens are joined by spaces. Throws Error naming the place: decoders of other kinds.
  static Decoder read(const io::Json* json);

  // What push() takes for a token that tokenizer.json spells so: for ByteLevel its bytes, for others what Replace
  // makes.
  std::string piece(std::string_view spelling) const;

  // The bytes of a piece, where nothing stands beside it: ByteFallback's "<0x0A>" is a line break.
  std::string_view bytes(std::string_view piece) const;

  // What is not certain yet, between two tokens.
  struct State {
    std::string held;     // an unfinished character, or bytes that may yet turn out to be none
    bool begun = false;   // there has been text that Strip leaves, or a token before this one
    size_t stripped = 0;  // characters
  };
  // Appends the text that becomes certain with this token.
  void push(State& state, std::string_view piece, std::string& out) const;
  // Appends what was held at the end of the tokens.
  void finish(State& state, std::string& out) const;

 private:
  enum class Kind : unsigned char { spaces, bytes, byte_level, metaspace, sequence };
  struct Change {  // of a single token: Replace, or Strip where `replace` is false
    bool replace = true;
    std::string from;
    std::string to;
    size_t most = 0;
  };
  void add(const io::Json& json);
  void flush_bytes(State& state, std::string& out) const;
  void emit(State& state, std::string_view text, std::string& out) const;

  Kind kind_;
  std::vector<Change> changes_;
  bool drops_first_spaces_ = false;  // of metaspace: all that stand in the first token
  bool byte_fallback_ = false;
  bool fused_ = false;
  std::string strip_;       // a character, at the beginning of the text, …
  size_t most_strips_ = 0;  // … and how many of it
};

}  // namespace millet::text
