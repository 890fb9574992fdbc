#include "millet/core/nfc.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/core/unicode.h"

namespace millet::unicode {
namespace {

// Characters that neither change nor combine with a neighbour of this kind: nearly all text consists of them.
bool composes_with_nothing(char32_t c) {
  return c < 0x300 || (c >= 0x3400 && c < 0x4DC0) || (c >= 0x4E00 && c < 0xA000) || (c >= 0x3000 && c < 0x3099) ||
         (c >= 0xFF00 && c < 0xFFF0) || (c >= 0x2010 && c < 0x2028);
}

Decoded valid_at(std::string_view text, size_t at) {
  const Decoded c = decode(text, at);
  require(c.bytes > 0, "byte {} of the text is not UTF-8: it cannot be composed", at);
  return c;
}

bool is_composed(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const Decoded c = valid_at(text, at);
    if (!composes_with_nothing(c.point)) return false;
    at += c.bytes;
  }
  return true;
}

std::u32string decomposed(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Decoded c = valid_at(text, at);
    append_decomposed(c.point, points);
    at += c.bytes;
  }
  return points;
}

void sort_marks(std::u32string& points) {
  for (auto begin = points.begin(); begin != points.end();) {
    if (combining_class(*begin) == 0) {
      ++begin;
      continue;
    }
    const auto end = std::find_if(begin, points.end(), [](char32_t point) { return combining_class(point) == 0; });
    std::stable_sort(begin, end, [](char32_t a, char32_t b) { return combining_class(a) < combining_class(b); });
    begin = end;
  }
}

}  // namespace

// NOTE: utf8proc_map would do all this, but sorts marks by insertion: a megabyte of them takes an hour.
std::string to_nfc(std::string_view text) {
  if (is_composed(text)) return std::string(text);
  std::u32string points = decomposed(text);
  sort_marks(points);
  std::string out;
  out.reserve(text.size());
  for (const char32_t point : composed(points)) out += encode(point);
  return out;
}

}  // namespace millet::unicode
