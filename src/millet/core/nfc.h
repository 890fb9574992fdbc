// Canonical composition: é written as e and a mark becomes é. As `tokenizers` does it, with what Unicode 9 knew.
#pragma once

#include <string>
#include <string_view>

namespace millet::unicode {

// The text in normalization form C. Linear but for the sorting of the marks behind one letter, which is n·log n.
// Throws Error: a text that is no UTF-8, with the place.
std::string to_nfc(std::string_view text);

}  // namespace millet::unicode
