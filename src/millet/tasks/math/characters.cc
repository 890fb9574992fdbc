#include <algorithm>

#include "millet/core/unicode.h"
#include "millet/tasks/math/places.h"

namespace millet::tasks::math {

std::u32string characters(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      out += static_cast<char32_t>(text[at++]);
      continue;
    }
    const unicode::Decoded decoded = unicode::decode(text, at);
    out += decoded.bytes == 0 ? U'\uFFFD' : decoded.point;
    at += std::max<size_t>(1, decoded.bytes);
  }
  return out;
}

bool is_blank(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
  return unicode::is_space(c);
}

bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}

bool word_at(std::u32string_view text, size_t at, std::u32string_view word) {
  if (at + word.size() > text.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    const char32_t c = text[at + i];
    if (c == word[i]) continue;
    if (c < 0x80 ? (c | 0x20U) != word[i] || c < 'A' || c > 'Z' : unicode::to_lower(c) != word.substr(i, 1)) {
      return false;
    }
  }
  return true;
}

std::vector<size_t> all_words(std::u32string_view text, std::u32string_view word) {
  std::vector<size_t> out;
  for (size_t at = 0; at + word.size() <= text.size(); ++at) {
    if (word_at(text, at, word)) out.push_back(at);
  }
  return out;
}

}  // namespace millet::tasks::math
