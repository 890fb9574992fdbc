// "pre_tokenizer" of tokenizer.json: a text is cut into pieces, and no token reaches over a cut.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "millet/io/json.h"
#include "millet/text/metaspace.h"
#include "millet/text/pattern.h"

namespace millet::text {

// What becomes of a match when a text is split there. "the-final--countdown" at "-":
enum class SplitBehavior : unsigned char {
  removed,               // the final countdown
  isolated,              // the - final - - countdown
  merged_with_previous,  // the- final- - countdown
  merged_with_next,      // the -final - -countdown
  contiguous,            // the - final -- countdown
};

// How a text is cut into the words that a byte-level vocabulary is learned from.
enum class WordPattern : unsigned char {
  gpt2,    // GPT-2's: a word with the space before it; digits in runs of any length; line breaks are white space
  modern,  // as GPT-4, Llama 3 and Qwen 2 cut: digits at most three together, punctuation with the line breaks after it
};

// Sequence, Split, Digits, Metaspace and ByteLevel are known; ByteLevel is the last.
class PreTokenizer {
 public:
  using Piece = Pattern::Match;  // [begin, end) of the text, never empty

  PreTokenizer() = default;  // a text is one piece

  // Null and JSON null: as above. Throws Error naming the place: pre-tokenizers of other kinds.
  static PreTokenizer read(const io::Json* json);

  // What read() takes: a byte-level pre-tokenizer of this pattern. With `digits` each digit is a word of its own: a
  // number is then always cut alike, by which small models learn to calculate.
  static io::Json byte_level_json(WordPattern pattern, bool digits);

  // The vocabulary behind it is spelled in byte_level_character's.
  bool byte_level() const { return byte_level_; }

  // The pieces of a text of UTF-8, in order. Where the pre-tokenizer adds spaces, `text` becomes what the pieces are
  // of; `first`: the text is the beginning of what is encoded, where some add one alone. Throws Error as Pattern does.
  std::vector<Piece> split(std::string& text, bool first = true) const;

 private:
  struct Split {
    Pattern pattern;
    SplitBehavior behavior = SplitBehavior::isolated;
    bool invert = false;  // what lies between the matches counts as match
  };
  struct Spaces {
    std::string spelling = " ";                            // of a space from here on
    Metaspace::Prefix prefix = Metaspace::Prefix::always;  // before pieces that do not begin with one
  };
  using Step = std::variant<Split, Spaces>;
  void add(const io::Json& json);
  static void split(std::string_view text, const Split& step, std::vector<Piece>& pieces);
  static void respell(std::string& text, const Spaces& step, bool first, std::vector<Piece>& pieces);

  std::vector<Step> steps_;
  bool byte_level_ = false;
};

}  // namespace millet::text
