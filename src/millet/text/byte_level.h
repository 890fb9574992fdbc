// GPT-2's way of writing any bytes as printable characters: what a byte-level vocabulary in tokenizer.json is spelled
// in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millet::text {

// bytes_to_unicode of GPT-2: printable Latin-1 stands for itself, the other 68 bytes in order for U+0100, U+0101, …
// A space is "Ġ", a line break "Ċ".
char32_t byte_level_character(uint8_t byte);

std::string to_byte_level(std::string_view bytes);

// The bytes, or nothing where a character is none of the 256.
std::optional<std::string> from_byte_level(std::string_view spelling);

}  // namespace millet::text
