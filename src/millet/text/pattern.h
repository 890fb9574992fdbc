// What a text is searched for by tokenizer.json: {"String": "…"} or {"Regex": "…"}, an expression in Oniguruma's
// syntax, which is what `tokenizers` uses.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "millet/io/json.h"

namespace millet::text {

class Pattern {
 public:
  struct Match {
    size_t begin = 0;
    size_t end = 0;
    friend bool operator==(const Match&, const Match&) = default;
  };

  // Throws Error: an empty string, an expression that is malformed or longer than 64 kB.
  static Pattern string(std::string_view literal);
  static Pattern regex(std::string_view expression);
  static Pattern numeric();  // one character of the categories Nd, Nl and No
  // {"String": …} or {"Regex": …}. Throws Error naming the place: as above, and patterns of other kinds.
  static Pattern read(const io::Json& json);

  // Appends all matches from left to right; they do not overlap, and an empty one does not follow another's end at
  // once. The text must be UTF-8. Throws Error where an expression needs more than about 100 steps a byte: it would
  // take time that grows with the square of the text. The expressions of published_pattern.h need no such limit.
  void find_all(std::string_view text, std::vector<Match>& matches) const;

  class Searcher;

 private:
  explicit Pattern(std::shared_ptr<const Searcher> searcher) : searcher_(std::move(searcher)) {}

  std::shared_ptr<const Searcher> searcher_;  // shared by copies of the pattern; it never changes
};

}  // namespace millet::text
