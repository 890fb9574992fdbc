#include "millet/text/character_class.h"

#include <vector>

#include "millet/core/unicode.h"

namespace millet::text {
namespace {

uint8_t class_of(char32_t point) {
  uint8_t classes = unicode::is_space(point) ? character_class::kSpace : 0;
  if (point == '\r' || point == '\n') classes |= character_class::kBreak;
  switch (unicode::general_category(point)[0]) {
    case 'L':
      return classes | character_class::kLetter;
    case 'N':
      return classes | character_class::kNumber;
    case 'M':
      return classes | character_class::kMark;
    case 'P':
      return classes | character_class::kPunctuation;
    case 'S':
      return classes | character_class::kSymbol;
    default:
      return classes;
  }
}

}  // namespace

// 256 kB, of which a text touches a few; filled in some milliseconds.
CharacterClasses::CharacterClasses() {
  static const std::vector<uint8_t> table = [] {
    std::vector<uint8_t> classes(kSize);
    for (char32_t point = 0; point < kSize; ++point) classes[point] = class_of(point);
    return classes;
  }();
  table_ = table.data();
}

}  // namespace millet::text
