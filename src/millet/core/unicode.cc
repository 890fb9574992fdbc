#include "millet/core/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <vector>

#include "millet/core/unicode_additions.h"

namespace millet::unicode {
namespace {

utf8proc_int32_t code(char32_t point) {
  return static_cast<utf8proc_int32_t>(point);
}

// The row of a sorted table of [first, last] that holds the character, or null.
template <class Row, size_t n>
const Row* row_of(const Row (&table)[n], char32_t point) {
  const Row* row = std::lower_bound(std::begin(table), std::end(table), point,
                                    [](const Row& r, char32_t wanted) { return r.last < wanted; });
  return row != std::end(table) && row->first <= point ? row : nullptr;
}

utf8proc_category_t category(char32_t point) {
  const utf8proc_category_t known = utf8proc_category(code(point));
  if (known != UTF8PROC_CATEGORY_CN) return known;
  const AddedCharacters* added = row_of(kAddedCharacters, point);
  return added == nullptr ? known : static_cast<utf8proc_category_t>(added->category);
}

bool is_late(char32_t point) {
  return point >= kLateCharacters[0].first && row_of(kLateCharacters, point) != nullptr;
}

// The characters whose upper case is longer than one (Unicode's SpecialCasing.txt, those in use outside Greek verse).
struct Longer {
  char32_t point;
  std::u32string_view upper, title;
};
constexpr Longer kLonger[] = {
    {U'ß', U"SS", U"Ss"},   {U'ŉ', U"ʼN", U"ʼN"}, {U'ǰ', U"J\u030C", U"J\u030C"}, {U'և', U"ԵՒ", U"Եւ"},
    {U'ﬀ', U"FF", U"Ff"},   {U'ﬁ', U"FI", U"Fi"}, {U'ﬂ', U"FL", U"Fl"},           {U'ﬃ', U"FFI", U"Ffi"},
    {U'ﬄ', U"FFL", U"Ffl"}, {U'ﬅ', U"ST", U"St"}, {U'ﬆ', U"ST", U"St"},
};

const Longer* longer(char32_t point) {
  for (const Longer& row : kLonger) {
    if (row.point == point) return &row;
  }
  return nullptr;
}

}  // namespace

Decoded decode(std::string_view text, size_t at) {
  utf8proc_int32_t point = -1;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at;
  const utf8proc_ssize_t length = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
  if (length <= 0 || point < 0) return {};
  return {static_cast<char32_t>(point), static_cast<size_t>(length)};
}

std::string encode(char32_t point) {
  utf8proc_uint8_t out[4];
  const utf8proc_ssize_t n = utf8proc_encode_char(code(point), out);
  return {reinterpret_cast<const char*>(out), static_cast<size_t>(n)};
}

bool is_control(char32_t point) {
  switch (category(point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return false;
  }
}

bool is_printable(char32_t point) {
  switch (category(point)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
      return false;
    default:
      return !is_control(point);
  }
}

bool is_letter(char32_t point) {
  const utf8proc_category_t c = category(point);
  return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
}
bool is_decimal(char32_t point) {
  return category(point) == UTF8PROC_CATEGORY_ND;
}
bool is_numeric(char32_t point) {
  const utf8proc_category_t c = category(point);
  if (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO) return true;
  return (point >= 0x11DE0 && point <= 0x11DE9) || (point >= 0x16FF4 && point <= 0x16FF6);
}
std::string_view general_category(char32_t point) {
  constexpr std::string_view kNames = "CnLuLlLtLmLoMnMcMeNdNlNoPcPdPsPePiPfPoSmScSkSoZsZlZpCcCfCsCo";  // in their order
  return kNames.substr(2 * static_cast<size_t>(category(point)), 2);
}
bool is_upper(char32_t point) {
  return category(point) == UTF8PROC_CATEGORY_LU;
}
bool is_lower(char32_t point) {
  return category(point) == UTF8PROC_CATEGORY_LL || point == U'ª' || point == U'º';
}
bool is_title(char32_t point) {
  return category(point) == UTF8PROC_CATEGORY_LT;
}

// The list has not changed since 2013.
bool is_space(char32_t point) {
  return (point >= 9 && point <= 13) || point == 0x20 || point == 0x85 || point == 0xA0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 || point == 0x202F ||
         point == 0x205F || point == 0x3000;
}

std::string_view trimmed(std::string_view text) {
  constexpr char32_t kByteOrderMark = 0xFEFF;
  size_t begin = text.size(), end = 0;
  for (size_t at = 0; at < text.size();) {
    const Decoded one = decode(text, at);
    const size_t next = at + std::max<size_t>(1, one.bytes);
    if (one.bytes == 0 || (!is_space(one.point) && one.point != kByteOrderMark)) {
      begin = std::min(begin, at);
      end = next;
    }
    at = next;
  }
  return begin < end ? text.substr(begin, end - begin) : std::string_view();
}

bool is_word(char32_t point) {
  if (point == 0x200C || point == 0x200D) return true;
  // Circled and squared letters are symbols, and alphabetic.
  if ((point >= 0x24B6 && point <= 0x24E9) || (point >= 0x1F130 && point <= 0x1F149) ||
      (point >= 0x1F150 && point <= 0x1F169) || (point >= 0x1F170 && point <= 0x1F189))
    return true;
  switch (category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return false;
  }
}

std::u32string to_upper(char32_t point) {
  if (const Longer* row = longer(point)) return std::u32string(row->upper);
  return {static_cast<char32_t>(utf8proc_toupper(code(point)))};
}
std::u32string to_title(char32_t point) {
  if (const Longer* row = longer(point)) return std::u32string(row->title);
  return {static_cast<char32_t>(utf8proc_totitle(code(point)))};
}
std::u32string to_lower(char32_t point) {
  if (point == U'İ') return U"i\u0307";
  return {static_cast<char32_t>(utf8proc_tolower(code(point)))};
}
std::u32string fold_case(char32_t point) {
  utf8proc_int32_t out[8];
  int boundary = 0;
  const utf8proc_ssize_t n = utf8proc_decompose_char(code(point), out, std::size(out), UTF8PROC_CASEFOLD, &boundary);
  if (n <= 0 || n > static_cast<utf8proc_ssize_t>(std::size(out))) return {point};
  return {out, out + n};
}

void append_decomposed(char32_t point, std::u32string& out) {
  if (is_late(point)) {
    out += point;
    return;
  }
  utf8proc_int32_t parts[16];
  int boundary = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(code(point), parts, std::size(parts),
                              static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE), &boundary);
  assert(count > 0 && count <= static_cast<utf8proc_ssize_t>(std::size(parts)));
  out.append(parts, parts + count);
}

int combining_class(char32_t point) {
  return is_late(point) ? 0 : utf8proc_get_property(code(point))->combining_class;
}

// What is late composes with nothing and lets nothing past.
std::u32string composed(std::u32string_view points) {
  std::u32string out;
  out.reserve(points.size());
  std::vector<utf8proc_int32_t> codes;
  auto flush = [&] {
    const utf8proc_ssize_t length =
        utf8proc_normalize_utf32(codes.data(), static_cast<utf8proc_ssize_t>(codes.size()),
                                 static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    assert(length >= 0);
    out.append(codes.begin(), codes.begin() + length);
    codes.clear();
  };
  for (const char32_t point : points) {
    if (is_late(point)) {
      flush();
      out += point;
    } else {
      codes.push_back(code(point));
    }
  }
  flush();
  return out;
}

int terminal_width(char32_t point) {
  return utf8proc_charwidth(code(point));
}

}  // namespace millet::unicode
