// What Unicode says of one character: its kind, its other case, the columns it takes in a terminal. All of utf8proc
// that Millet uses goes through here; characters younger than its tables are added by unicode_additions.h, up to
// Unicode 16, which the patterns of `tokenizers` know.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millet::unicode {

// The character at text[at] and its length in bytes; 0 bytes where there is none.
struct Decoded {
  char32_t point = 0;
  size_t bytes = 0;
};
Decoded decode(std::string_view text, size_t at);
std::string encode(char32_t point);  // UTF-8

bool is_control(char32_t point);    // also what formats or separates lines: nothing to be seen
bool is_printable(char32_t point);  // as Python has it: no control, private or unassigned character, no space
bool is_letter(char32_t point);
bool is_decimal(char32_t point);  // a digit of decimal numbers
bool is_numeric(char32_t point);  // these, and ½ and its like; as Rust's char::is_numeric, which knows Unicode 17
// As Unicode abbreviates it: Lu, Ll, … for letters, M. for marks, N. numbers, P. punctuation, S. symbols, Z. and C.
std::string_view general_category(char32_t point);
bool is_upper(char32_t point);
bool is_lower(char32_t point);
bool is_title(char32_t point);  // ǅ, which is neither
bool is_space(char32_t point);  // White_Space
// Without white space and byte order marks at its ends.
std::string_view trimmed(std::string_view text);
// \w of Rust's regular expressions: alphabetic, marks, decimal digits, connecting punctuation and the two joiners.
bool is_word(char32_t point);

// One character may become several: ß is SS in upper case.
std::u32string to_upper(char32_t point);
std::u32string to_lower(char32_t point);
std::u32string to_title(char32_t point);
std::u32string fold_case(char32_t point);  // for comparing without case

// What core/nfc is made of: canonical decomposition, the order of marks, and composition of what is decomposed and
// ordered. As Unicode 9 has it, since `tokenizers` does: a mark that came later is no mark here.
void append_decomposed(char32_t point, std::u32string& out);
int combining_class(char32_t point);  // 0: no mark
std::u32string composed(std::u32string_view points);

int terminal_width(char32_t point);  // columns: 0, 1 or 2

}  // namespace millet::unicode
