// "Metaspace" of tokenizer.json, as pre-tokenizer and as decoder: spaces are spelled "▁", and one more may be put
// before a text, so that its first word is spelled as the others are.
#pragma once

#include <string>

#include "millet/io/json.h"

namespace millet::text {

struct Metaspace {
  enum class Prefix : unsigned char { never, first, always };  // before no piece, a text's first one, every piece
  std::string character;
  Prefix prefix = Prefix::always;
  bool split = true;  // before each space

  // Throws Error naming the place: no single character, a scheme that is not known.
  static Metaspace read(const io::Json& json);
};

}  // namespace millet::text
