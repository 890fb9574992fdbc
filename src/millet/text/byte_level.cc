#include "millet/text/byte_level.h"

#include <array>

#include "millet/core/unicode.h"
#include "millet/text/utf8.h"

namespace millet::text {
namespace {

constexpr int kHighest = 0x144;  // 256 + 68 − 1 is U+0143

constexpr bool is_printable(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Table {
  std::array<char32_t, 256> character{};
  std::array<int16_t, kHighest> byte{};
};

constexpr Table make_table() {
  Table table;
  table.byte.fill(-1);
  char32_t next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const char32_t point = is_printable(byte) ? static_cast<char32_t>(byte) : next++;
    table.character[static_cast<size_t>(byte)] = point;
    table.byte[point] = static_cast<int16_t>(byte);
  }
  return table;
}

constexpr Table kTable = make_table();

}  // namespace

char32_t byte_level_character(uint8_t byte) {
  return kTable.character[byte];
}

std::string to_byte_level(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 4);
  for (const char byte : bytes) {
    const char32_t point = kTable.character[static_cast<unsigned char>(byte)];
    if (point < 0x80) {
      out += static_cast<char>(point);
    } else {
      out += unicode::encode(point);
    }
  }
  return out;
}

std::optional<std::string> from_byte_level(std::string_view spelling) {
  std::string out;
  out.reserve(spelling.size());
  for (size_t at = 0; at < spelling.size();) {
    const Utf8Character c = utf8_at(spelling, at);
    if (!c.valid || c.point >= kHighest || kTable.byte[c.point] < 0) return std::nullopt;
    out += static_cast<char>(kTable.byte[c.point]);
    at += c.bytes;
  }
  return out;
}

}  // namespace millet::text
