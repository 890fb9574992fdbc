#include "millet/text/jinja/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "millet/core/error.h"
#include "millet/core/unicode.h"
#include "millet/text/utf8.h"

namespace millet::text::jinja {

// The separators of files, groups, records and units count in Python alone.
bool is_space(char32_t c) {
  return unicode::is_space(c) || (c >= 0x1C && c <= 0x1F);
}

// How many of eight bytes begin a character: all but those of the form 10xxxxxx.
static int64_t beginnings(const char* bytes) {
  uint64_t eight = 0;
  std::memcpy(&eight, bytes, sizeof eight);
  return 8 - std::popcount((eight >> 7) & (~eight >> 6) & 0x0101010101010101);
}

int64_t count_characters(std::string_view text) {
  int64_t count = 0;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) count += beginnings(text.data() + at);
  for (; at < text.size(); ++at) count += (text[at] & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

size_t byte_of_character(std::string_view text, int64_t index) {
  size_t at = 0;
  for (; index > 8 && at + 8 <= text.size(); at += 8) index -= beginnings(text.data() + at);
  // Within a character of which the beginning is counted: on to the next one.
  while (at < text.size() && (text[at] & 0xC0) == 0x80) ++at;
  for (; index > 0 && at < text.size(); --index) at += utf8_at(text, at).bytes;
  return at;
}

std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at < text.size(); at += out.back().size())
    out.push_back(text.substr(at, utf8_at(text, at).bytes));
  return out;
}

Slice slice_of(std::optional<int64_t> start, std::optional<int64_t> stop, std::optional<int64_t> step, int64_t length) {
  const int64_t by = step.value_or(1);
  require(by != 0, "slice step cannot be zero");
  const int64_t low = by > 0 ? 0 : -1, high = by > 0 ? length : length - 1;
  auto place = [&](std::optional<int64_t> index, int64_t otherwise) {
    if (!index) return otherwise;
    const int64_t i = *index < 0 ? std::max(*index, -length - 1) + length : *index;
    return std::clamp(i, low, high);
  };
  const int64_t first = place(start, by > 0 ? low : high), last = place(stop, by > 0 ? high : low);
  const int64_t distance = by > 0 ? last - first : first - last;
  if (distance <= 0) return {first, last, by, 0};
  // |by| as unsigned: −2⁶³ has no positive twin.
  const uint64_t width = by > 0 ? static_cast<uint64_t>(by) : -static_cast<uint64_t>(by);
  return {first, last, by, static_cast<int64_t>((static_cast<uint64_t>(distance) - 1) / width + 1)};
}

// ---- stripping

namespace {

template <class Drop>
std::string_view strip_where(std::string_view text, Side side, Drop drop) {
  size_t begin = 0, end = text.size();
  while (side != Side::right && begin < end) {
    const Utf8Character c = utf8_at(text, begin);
    if (!drop(c.point)) break;
    begin += c.bytes;
  }
  while (side != Side::left && end > begin) {
    const size_t at = character_before(text, end);
    if (!drop(utf8_at(text, at).point)) break;
    end = at;
  }
  return text.substr(begin, end - begin);
}

}  // namespace

std::string_view strip(std::string_view text, Side side) {
  return strip_where(text, side, is_space);
}

std::string_view strip(std::string_view text, std::string_view characters, Side side) {
  std::u32string set;
  for (size_t at = 0; at < characters.size();) {
    const Utf8Character c = utf8_at(characters, at);
    set += c.point;
    at += c.bytes;
  }
  std::sort(set.begin(), set.end());
  std::array<bool, 128> plain{};
  for (const char32_t c : set) {
    if (c < plain.size()) plain[c] = true;
  }
  return strip_where(text, side, [&](char32_t c) {
    return c < plain.size() ? plain[c] : std::binary_search(set.begin(), set.end(), c);
  });
}

// ---- finding and splitting

size_t find_in(std::string_view text, std::string_view part, size_t from) {
  if (from > text.size()) return std::string_view::npos;
  if (part.empty()) return from;
  // NOTE: memmem is linear; string_view::find is quadratic on texts that are made for it.
  const void* at = memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return at == nullptr ? std::string_view::npos : static_cast<size_t>(static_cast<const char*>(at) - text.data());
}

size_t find_last_in(std::string_view text, std::string_view part) {
  if (part.empty()) return text.size();
  const std::string backwards(text.rbegin(), text.rend()), part_backwards(part.rbegin(), part.rend());
  const size_t at = find_in(backwards, part_backwards);
  return at == std::string_view::npos ? at : text.size() - at - part.size();
}

int64_t count_in(std::string_view text, std::string_view part) {
  int64_t count = 0;
  for (size_t at = 0; (at = find_in(text, part, at)) != std::string_view::npos; at += part.size()) ++count;
  return count;
}

// A string with its value.
static void take_piece(std::vector<std::string_view>& pieces, std::string_view piece, Budget& budget) {
  budget.make(sizeof(std::string_view) * 2 + piece.size());
  pieces.push_back(piece);
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator, int64_t most, bool from_right,
                                    Budget& budget) {
  require(!separator.empty(), "empty separator");
  std::vector<std::string_view> out;
  if (!from_right) {
    size_t from = 0;
    for (size_t at; most != 0 && (at = find_in(text, separator, from)) != std::string_view::npos; --most) {
      take_piece(out, text.substr(from, at - from), budget);
      from = at + separator.size();
    }
    take_piece(out, text.substr(from), budget);
    return out;
  }
  // NOTE: from the right, the same on the text and separator turned round.
  budget.make(text.size());
  const std::string backwards(text.rbegin(), text.rend()), part(separator.rbegin(), separator.rend());
  for (const std::string_view piece : split(backwards, part, most, false, budget)) {
    const auto at = static_cast<size_t>(piece.data() - backwards.data());
    out.push_back(text.substr(text.size() - at - piece.size(), piece.size()));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<std::string_view> split_at_spaces(std::string_view text, int64_t most, bool from_right, Budget& budget) {
  budget.read(text.size());
  std::vector<std::string_view> out;
  const Side near = from_right ? Side::right : Side::left;
  for (text = strip(text, near); !text.empty(); text = strip(text, near), --most) {
    if (most == 0) {
      take_piece(out, text, budget);  // with the spaces at its far end
      break;
    }
    size_t cut = from_right ? text.size() : 0;
    if (from_right) {
      while (cut > 0 && !is_space(utf8_at(text, character_before(text, cut)).point)) cut = character_before(text, cut);
      take_piece(out, text.substr(cut), budget);
      text = text.substr(0, cut);
    } else {
      while (cut < text.size() && !is_space(utf8_at(text, cut).point)) cut += utf8_at(text, cut).bytes;
      take_piece(out, text.substr(0, cut), budget);
      text = text.substr(cut);
    }
  }
  if (from_right) std::reverse(out.begin(), out.end());
  return out;
}

std::vector<std::string_view> split_lines(std::string_view text, Budget& budget, bool keep_ends) {
  budget.read(text.size());
  std::vector<std::string_view> out;
  size_t from = 0;
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    const bool ends = (c.point >= 10 && c.point <= 13) || (c.point >= 0x1C && c.point <= 0x1E) || c.point == 0x85 ||
                      c.point == 0x2028 || c.point == 0x2029;
    if (!ends) {
      at += c.bytes;
      continue;
    }
    size_t next = at + c.bytes;
    if (c.point == '\r' && next < text.size() && text[next] == '\n') ++next;
    take_piece(out, text.substr(from, (keep_ends ? next : at) - from), budget);
    from = at = next;
  }
  if (from < text.size()) take_piece(out, text.substr(from), budget);
  return out;
}

namespace {

// Calls take(piece) for what stays and put() for each replacement, in order.
template <class Take, class Put>
void walk_replacements(std::string_view text, std::string_view old, int64_t most, Take take, Put put) {
  size_t from = 0;
  if (old.empty()) {  // before every character and at the end
    for (; most != 0 && from < text.size(); --most) {
      const std::string_view c = text.substr(from, utf8_at(text, from).bytes);
      put();
      take(c);
      from += c.size();
    }
    if (most != 0 && from == text.size()) put();
    take(text.substr(from));
    return;
  }
  for (size_t at; most != 0 && (at = find_in(text, old, from)) != std::string_view::npos; --most) {
    take(text.substr(from, at - from));
    put();
    from = at + old.size();
  }
  take(text.substr(from));
}

}  // namespace

std::string replace(std::string_view text, std::string_view old, std::string_view with, int64_t most) {
  std::string out;
  walk_replacements(
      text, old, most, [&](std::string_view piece) { out += piece; }, [&] { out += with; });
  return out;
}

size_t replaced_size(std::string_view text, std::string_view old, std::string_view with, int64_t most) {
  size_t size = 0;
  walk_replacements(
      text, old, most, [&](std::string_view piece) { size += piece.size(); }, [&] { size += with.size(); });
  return size;
}

// ---- case

namespace {

bool is_cased(char32_t c) {
  return unicode::is_lower(c) || unicode::is_upper(c) || unicode::is_title(c);
}

std::string encoded(const std::u32string& points) {
  std::string out;
  for (const char32_t c : points) out += unicode::encode(c);
  return out;
}

template <class Map>  // map(point, offset) → the characters it becomes
std::string mapped(std::string_view text, Map map) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    const std::u32string to = map(c.point, at);
    if (to.size() == 1 && to[0] < 0x80)
      out += static_cast<char>(to[0]);
    else
      out += encoded(to);
    at += c.bytes;
  }
  return out;
}

std::u32string lower_at(std::string_view text, char32_t c, size_t at) {
  if (c != U'Σ') return unicode::to_lower(c);
  // A sigma at the end of a word has a form of its own.
  const bool word_before = at > 0 && is_cased(utf8_at(text, character_before(text, at)).point);
  const size_t next = at + 2;
  const bool word_after = next < text.size() && is_cased(utf8_at(text, next).point);
  return {word_before && !word_after ? U'ς' : U'σ'};
}

}  // namespace

std::string upper(std::string_view text) {
  return mapped(text, [](char32_t c, size_t) { return unicode::to_upper(c); });
}

std::string lower(std::string_view text) {
  return mapped(text, [&](char32_t c, size_t at) { return lower_at(text, c, at); });
}

std::string fold_case(std::string_view text) {
  return mapped(text, [](char32_t c, size_t) { return unicode::fold_case(c); });
}

std::string swap_case(std::string_view text) {
  return mapped(text, [&](char32_t c, size_t at) {
    if (unicode::is_upper(c)) return lower_at(text, c, at);
    return unicode::is_lower(c) ? unicode::to_upper(c) : std::u32string{c};
  });
}

std::string capitalize(std::string_view text) {
  return mapped(text, [&](char32_t c, size_t at) { return at == 0 ? unicode::to_title(c) : lower_at(text, c, at); });
}

std::string title(std::string_view text) {
  bool inside = false;
  return mapped(text, [&](char32_t c, size_t at) {
    const std::u32string out = inside ? lower_at(text, c, at) : unicode::to_title(c);
    inside = is_cased(c);
    return out;
  });
}

bool all_of(std::string_view text, bool (*property)(char32_t)) {
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    if (!property(c.point)) return false;
    at += c.bytes;
  }
  return !text.empty();
}

static bool has_case(std::string_view text, bool (*wanted)(char32_t), bool (*other)(char32_t)) {
  bool found = false;
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    if (other(c.point) || unicode::is_title(c.point)) return false;
    found = found || wanted(c.point);
    at += c.bytes;
  }
  return found;
}

bool is_lower(std::string_view text) {
  return has_case(text, unicode::is_lower, unicode::is_upper);
}
bool is_upper(std::string_view text) {
  return has_case(text, unicode::is_upper, unicode::is_lower);
}

bool is_title(std::string_view text) {
  bool inside = false, found = false;
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    const bool begins = unicode::is_upper(c.point) || unicode::is_title(c.point);
    if ((begins && inside) || (unicode::is_lower(c.point) && !inside)) return false;
    inside = is_cased(c.point);
    found = found || inside;
    at += c.bytes;
  }
  return found;
}

bool is_identifier(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return all_of(text, [](char32_t c) { return c == '_' || unicode::is_letter(c) || unicode::is_decimal(c); });
}

}  // namespace millet::text::jinja
