// "normalizer" of tokenizer.json: how a text is changed before it is cut.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millet/io/json.h"
#include "millet/text/pattern.h"

namespace millet::text {

// Sequence, NFC, Prepend and Replace are known.
class Normalizer {
 public:
  Normalizer() = default;  // changes nothing

  // Null and JSON null: nothing is changed. Throws Error naming the place: normalizers of other kinds.
  static Normalizer read(const io::Json* json);

  bool changes_nothing() const { return steps_.empty(); }
  // The text must be UTF-8. Throws Error as Pattern does.
  // A text that goes on from another is told not to `prepend`.
  std::string apply(std::string_view text, bool prepend = true) const;

 private:
  enum class Kind : unsigned char { nfc, prepend, replace };
  struct Step {
    Kind kind;
    std::string content;
    std::vector<Pattern> pattern;  // of replace: one
  };
  void add(const io::Json& json);

  std::vector<Step> steps_;
};

}  // namespace millet::text
