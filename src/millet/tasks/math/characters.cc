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

Searched::Searched(std::u32string text, const Language* language)
    : text_(std::move(text)), language_(language), behind_(text_.size()) {
  for (size_t i = text_.size(); i-- > 0;) {
    behind_[i] = !is_blank(text_[i])      ? static_cast<uint32_t>(i)
                 : i + 1 < behind_.size() ? behind_[i + 1]
                                          : static_cast<uint32_t>(i + 1);
  }
  answers_ = all_words(text_, language_ == nullptr ? U"answer" : language_->answer);
  if (language_ != nullptr) return;
  for (const size_t at : answers_) {
    if (at < 6 || !word_at(text_, at - 6, U"final ")) continue;
    final_answers_.push_back(at - 6);
    if (word_at(text_, at + 6, U" is")) final_answers_are_.push_back(at - 6);
  }
}

}  // namespace millet::tasks::math
