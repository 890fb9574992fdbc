// What the expressions of tokenizers ask of a character, by one look into a table: letter, number, mark, punctuation,
// symbol (Unicode 16, as `tokenizers` has it), white space, line break.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millet::text {

// A set of classes; a character has one of the first five at most.
namespace character_class {
inline constexpr uint8_t kLetter = 1;       // \p{L}
inline constexpr uint8_t kNumber = 2;       // \p{N}
inline constexpr uint8_t kMark = 4;         // \p{M}
inline constexpr uint8_t kPunctuation = 8;  // \p{P}
inline constexpr uint8_t kSymbol = 16;      // \p{S}
inline constexpr uint8_t kSpace = 32;       // \s
inline constexpr uint8_t kBreak = 64;       // [\r\n]
}  // namespace character_class

// A character of a text: its code point, its length in bytes and its classes.
struct ClassedCharacter {
  char32_t point = 0;
  uint32_t bytes = 0;
  uint8_t classes = 0;

  bool is(unsigned of) const { return (classes & of) != 0; }
};

// Looks into one table, which is made at the first use.
class CharacterClasses {
 public:
  CharacterClasses();

  // Beyond the table there are the marks that choose a glyph, and nothing that has a class.
  uint8_t of(char32_t point) const {
    if (point < kSize) return table_[point];
    return point >= 0xE0100 && point <= 0xE01EF ? character_class::kMark : 0;
  }

  // The text must be UTF-8, and `at` where a character begins.
  ClassedCharacter at(std::string_view text, size_t at) const {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {lead, 1, table_[lead]};
    if (lead < 0xE0) return classed((lead & 0x1Fu) << 6 | (byte(1) & 0x3Fu), 2);
    if (lead < 0xF0) return classed((lead & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu), 3);
    return classed((lead & 0x07u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu), 4);
  }

 private:
  static constexpr char32_t kSize = 0x40000;
  ClassedCharacter classed(char32_t point, uint32_t bytes) const { return {point, bytes, of(point)}; }

  const uint8_t* table_;
};

}  // namespace millet::text
