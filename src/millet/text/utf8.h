// UTF-8: characters of a text, and what to do with bytes that are none. (Whether a text is UTF-8: io/utf8.h.)
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millet::text {

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// What stands at one place of a text. Where it is no character, `bytes` is the length of the "maximal subpart"
// (Unicode 15, §3.9): what one U+FFFD replaces, in Rust's from_utf8_lossy and so in `tokenizers`, too.
struct Utf8Character {
  char32_t point = 0;
  size_t bytes = 0;      // at least 1
  bool valid = false;    // no overlong form, no surrogate, nothing beyond U+10FFFF
  bool cut_off = false;  // invalid only because the text ends inside it
};
Utf8Character utf8_at(std::string_view text, size_t at);  // at < text.size()

// Where the character begins that ends at `end`; of what is no UTF-8 at most four bytes back. 0 < end ≤ text.size().
size_t character_before(std::string_view text, size_t end);

// The text with each maximal subpart that is no character replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

// How much of the text stands whatever follows: all of it but an unfinished character at its end.
size_t complete_utf8(std::string_view text);

// A character as a message shows it: 'é' (U+00E9).
std::string describe(char32_t point);

}  // namespace millet::text
