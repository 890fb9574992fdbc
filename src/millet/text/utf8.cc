#include "millet/text/utf8.h"

#include <fmt/core.h>

#include <algorithm>

#include "millet/core/unicode.h"

namespace millet::text {

Utf8Character utf8_at(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {.point = lead, .bytes = 1, .valid = true};
  // Length, and the range of the second byte, which is where overlong forms, surrogates and too large points show.
  size_t length = 0;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {.bytes = 1};
  }
  char32_t point = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if (at + i >= text.size()) return {.bytes = i, .cut_off = true};
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if (byte < low || byte > high) return {.bytes = i};
    point = point << 6 | (byte & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return {.point = point, .bytes = length, .valid = true};
}

size_t character_before(std::string_view text, size_t end) {
  size_t at = end - 1;
  while (at > 0 && end - at < 4 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    out += c.valid ? text.substr(at, c.bytes) : kReplacement;
    at += c.bytes;
  }
  return out;
}

size_t complete_utf8(std::string_view text) {
  // Only the last three bytes can begin a character that the end cuts off.
  for (size_t back = 1; back <= std::min<size_t>(3, text.size()); ++back) {
    const size_t at = text.size() - back;
    const bool continues = (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    if (!continues) return utf8_at(text, at).cut_off ? at : text.size();
  }
  return text.size();
}

std::string describe(char32_t point) {
  if (point < 0x20 || point == 0x7F) return fmt::format("U+{:04X}", static_cast<unsigned>(point));
  return fmt::format("'{}' (U+{:04X})", unicode::encode(point), static_cast<unsigned>(point));
}

}  // namespace millet::text
