#include <algorithm>
#include <iterator>

#include "millet/core/unicode.h"
#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/format.h"
#include "millet/text/jinja/methods.h"
#include "millet/text/jinja/print.h"
#include "millet/text/jinja/text.h"

namespace millet::text::jinja {
namespace {

// A text made from `self`, marked as it is.
Value made(Evaluator& e, const Value& self, std::string text) {
  e.budget().make(text.size());
  return {std::move(text), self.is_safe()};
}

template <std::string (*change)(std::string_view)>
Value changed(Evaluator& e, const Value& self, const Bound&) {
  e.budget().read(self.text().size());
  return made(e, self, change(self.text()));
}

template <bool (*property)(char32_t)>
Value every(Evaluator& e, const Value& self, const Bound&) {
  e.budget().read(self.text().size());
  return {all_of(self.text(), property)};
}

template <bool (*property)(std::string_view)>
Value whole(Evaluator& e, const Value& self, const Bound&) {
  e.budget().read(self.text().size());
  return {property(self.text())};
}

template <Side side>
Value stripped(Evaluator& e, const Value& self, const Bound& a) {
  if (a.is_set(0)) e.budget().read(a.text(0).size() * 4);
  const std::string_view left = a.is_set(0) ? strip(self.text(), a.text(0), side) : strip(self.text(), side);
  e.budget().read(self.text().size() - left.size());
  return made(e, self, std::string(left));
}

Value list_of(Evaluator& e, const Value& self, const std::vector<std::string_view>& pieces,
              List::Kind kind = List::Kind::list) {
  e.budget().make(pieces.size() * sizeof(Value));
  Values out;
  out.reserve(pieces.size());
  for (const std::string_view piece : pieces) out.emplace_back(std::string(piece), self.is_safe());
  return List::make(std::move(out), kind);
}

template <bool from_right>
Value splitted(Evaluator& e, const Value& self, const Bound& a) {
  const int64_t most = a.integer_or(1, -1);
  if (!a.is_set(0)) return list_of(e, self, split_at_spaces(self.text(), most, from_right, e.budget()));
  e.budget().search(self.text().size(), a.text(0).size());
  return list_of(e, self, split(self.text(), a.text(0), most, from_right, e.budget()));
}

Value lines(Evaluator& e, const Value& self, const Bound& a) {
  return list_of(e, self, split_lines(self.text(), e.budget(), a.truth_or(0, false)));
}

template <bool from_right>
Value partitioned(Evaluator& e, const Value& self, const Bound& a) {
  const std::string_view text = self.text(), part = a.text(0);
  require(!part.empty(), "empty separator");
  e.budget().make(text.size() * 2);
  const size_t at = from_right ? find_last_in(text, part) : find_in(text, part);
  if (at == std::string_view::npos) {
    return list_of(e, self, from_right ? std::vector<std::string_view>{"", "", text} : std::vector{text, {}, {}},
                   List::Kind::tuple);
  }
  return list_of(e, self, {text.substr(0, at), part, text.substr(at + part.size())}, List::Kind::tuple);
}

// The bytes [begin, end) that the optional arguments at 1 and 2 leave of a text; begin > end: start lies behind it.
struct Window {
  size_t begin, end;
  int64_t first;  // character
};
Window window(Evaluator& e, const Value& self, const Bound& a) {
  if (!a.is_set(1) && !a.is_set(2)) return {0, self.text().size(), 0};
  e.budget().look(self.text().size());
  const int64_t size = length(self);
  auto place = [&](size_t i, int64_t otherwise) {
    if (!a.is_set(i)) return otherwise;
    const int64_t at = a.integer_or(i, 0);
    return at < 0 ? std::max<int64_t>(std::max(at, -size) + size, 0) : at;
  };
  const int64_t first = place(1, 0), last = std::min(place(2, size), size);
  if (first > size || first > last) return {1, 0, first};
  return {byte_of_character(self.text(), first), byte_of_character(self.text(), last), first};
}

template <bool from_right>
int64_t found_at(Evaluator& e, const Value& self, const Bound& a) {
  const Window w = window(e, self, a);
  if (w.begin > w.end) return -1;
  const std::string_view text = std::string_view(self.text()).substr(w.begin, w.end - w.begin);
  e.budget().look(text.size() * 2);
  if (from_right) e.budget().make(text.size());
  const size_t at = from_right ? find_last_in(text, a.text(0)) : find_in(text, a.text(0));
  return at == std::string_view::npos ? -1 : w.first + count_characters(text.substr(0, at));
}

template <bool from_right>
Value find(Evaluator& e, const Value& self, const Bound& a) {
  return {found_at<from_right>(e, self, a)};
}

template <bool from_right>
Value index(Evaluator& e, const Value& self, const Bound& a) {
  const int64_t at = found_at<from_right>(e, self, a);
  require(at >= 0, "substring not found");
  return {at};
}

Value count(Evaluator& e, const Value& self, const Bound& a) {
  const Window w = window(e, self, a);
  if (w.begin > w.end) return {int64_t{0}};
  const std::string_view text = std::string_view(self.text()).substr(w.begin, w.end - w.begin), part = a.text(0);
  e.budget().search(text.size(), part.size());
  return {part.empty() ? count_characters(text) + 1 : count_in(text, part)};
}

template <bool at_end>
Value has_affix(Evaluator& e, const Value& self, const Bound& a) {
  const Window w = window(e, self, a);
  const Values affixes = a[0].is_tuple() ? a[0].list()->items() : Values{a[0]};
  for (const Value& affix : affixes) {
    require(affix.is_text(), "startswith and endswith want a str or a tuple of str, not {}", affix.type());
    e.budget().look(affix.text().size());
    if (w.begin > w.end) continue;
    const std::string_view text = std::string_view(self.text()).substr(w.begin, w.end - w.begin);
    if (at_end ? text.ends_with(affix.text()) : text.starts_with(affix.text())) return {true};
  }
  return {false};
}

template <bool at_end>
Value without_affix(Evaluator& e, const Value& self, const Bound& a) {
  std::string_view text = self.text();
  const std::string& affix = a.text(0);
  if (at_end && text.ends_with(affix))
    text.remove_suffix(affix.size());
  else if (!at_end && text.starts_with(affix))
    text.remove_prefix(affix.size());
  return made(e, self, std::string(text));
}

Value joined(Evaluator& e, const Value& self, const Bound& a) {
  std::string out;
  size_t i = 0;
  for (const Value& item : items_of(a[0], e.budget())) {
    require(item.is_text(), "sequence item {}: expected str instance, {} found", i, item.type());
    const std::string part = self.is_safe() ? escaped(item, e.budget()).text() : item.text();
    e.budget().make(part.size() + self.text().size());
    if (i++ > 0) out += self.text();
    out += part;
  }
  return {std::move(out), self.is_safe()};
}

Value replaced(Evaluator& e, const Value& self, const Bound& a) {
  const std::string with = self.is_safe() ? escaped(a[1], e.budget()).text() : a.text(1);
  const int64_t most = a.integer_or(2, -1);
  e.budget().search(self.text().size() * 2, a.text(0).size());
  e.budget().make(replaced_size(self.text(), a.text(0), with, most));
  return {replace(self.text(), a.text(0), with, most), self.is_safe()};
}

enum class Alignment : uint8_t { left, center, right };
template <Alignment alignment>
Value justified(Evaluator& e, const Value& self, const Bound& a) {
  e.budget().look(self.text().size());
  const int64_t missing = a.integer_or(0, 0) - length(self);
  const std::string fill = a.has(1) ? a.text(1) : " ";
  require(count_characters(fill) == 1, "the fill character must be exactly one character long");
  if (missing <= 0) return self;
  require(missing < int64_t{1} << 32, "a text is padded too far");
  e.budget().make(static_cast<size_t>(missing) * fill.size());
  // Python puts the odd one of a centred text on the left where the width is odd.
  const int64_t before = alignment == Alignment::left    ? 0
                         : alignment == Alignment::right ? missing
                                                         : missing / 2 + (missing & a.integer_or(0, 0) & 1);
  std::string out;
  for (int64_t i = 0; i < before; ++i) out += fill;
  out += self.text();
  for (int64_t i = before; i < missing; ++i) out += fill;
  return made(e, self, std::move(out));
}

Value zero_filled(Evaluator& e, const Value& self, const Bound& a) {
  e.budget().look(self.text().size());
  const int64_t missing = a.integer_or(0, 0) - length(self);
  if (missing <= 0) return self;
  require(missing < int64_t{1} << 32, "a text is padded too far");
  e.budget().make(static_cast<size_t>(missing));
  std::string out = self.text();
  const size_t at = out.starts_with('+') || out.starts_with('-') ? 1 : 0;
  out.insert(at, static_cast<size_t>(missing), '0');
  return made(e, self, std::move(out));
}

Value tabs_expanded(Evaluator& e, const Value& self, const Bound& a) {
  const int64_t width = a.integer_or(0, 8);
  require(width == static_cast<int>(width), "a tab of {} is too wide", width);
  e.budget().read(self.text().size());
  std::string out;
  int64_t column = 0;
  for (const char c : self.text()) {
    if (c == '\t') {
      const int64_t n = width > 0 ? width - column % width : 0;
      e.budget().make(static_cast<size_t>(n));
      out.append(static_cast<size_t>(n), ' ');
      column += n;
      continue;
    }
    out += c;
    if (c == '\n' || c == '\r')
      column = 0;
    else if ((c & 0xC0) != 0x80)
      ++column;
  }
  return made(e, self, std::move(out));
}

Value formatted_map(Evaluator& e, const Value& self, const Bound& a) {
  require(a[0].is_dict(), "format_map wants a dict, not {}", a[0].type());
  Arguments values;
  for (const auto& [key, value] : a[0].dict()->entries()) {
    if (key.is_text()) values.keywords.emplace_back(key.text(), value);
  }
  return brace_format(e, self, values);
}

bool is_alnum(char32_t c) {
  return unicode::is_letter(c) || unicode::is_numeric(c);
}
bool is_digit(char32_t c) {
  return unicode::is_decimal(c) || c == U'²' || c == U'³' || c == U'¹' || c == U'⁰' || (c >= U'⁴' && c <= U'⁹') ||
         (c >= U'₀' && c <= U'₉');
}
bool is_shown(char32_t c) {
  return c == ' ' || unicode::is_printable(c);
}

}  // namespace

const Method* find_string_method(std::string_view name) {
  static const Method rows[] = {
      {"capitalize", changed<capitalize>},
      {"casefold", changed<fold_case>},
      {"center", justified<Alignment::center>, {{"width", "fillchar"}, 1}},
      {"count", count, {{"sub", "start", "end"}, 1}},
      {"encode"},
      {"endswith", has_affix<true>, {{"suffix", "start", "end"}, 1}},
      {"expandtabs", tabs_expanded, {{"tabsize"}}},
      {"find", find<false>, {{"sub", "start", "end"}, 1}},
      {"format", nullptr, {}, [](Evaluator& e, const Value& self, Arguments&& a) { return brace_format(e, self, a); }},
      {"format_map", formatted_map, {{"mapping"}, 1}},
      {"index", index<false>, {{"sub", "start", "end"}, 1}},
      {"isalnum", every<is_alnum>},
      {"isalpha", every<unicode::is_letter>},
      {"isascii",
       [](Evaluator& e, const Value& s, const Bound&) {
         e.budget().read(s.text().size());
         return Value(s.text().empty() || all_of(s.text(), [](char32_t c) { return c < 128; }));
       }},
      {"isdecimal", every<unicode::is_decimal>},
      {"isdigit", every<is_digit>},
      {"isidentifier", whole<is_identifier>},
      {"islower", whole<is_lower>},
      {"isnumeric", every<unicode::is_numeric>},
      {"isprintable",
       [](Evaluator& e, const Value& s, const Bound&) {
         e.budget().read(s.text().size());
         return Value(s.text().empty() || all_of(s.text(), is_shown));
       }},
      {"isspace", every<is_space>},
      {"istitle", whole<is_title>},
      {"isupper", whole<is_upper>},
      {"join", joined, {{"iterable"}, 1}},
      {"ljust", justified<Alignment::left>, {{"width", "fillchar"}, 1}},
      {"lower", changed<lower>},
      {"lstrip", stripped<Side::left>, {{"chars"}}},
      {"maketrans"},
      {"partition", partitioned<false>, {{"sep"}, 1}},
      {"removeprefix", without_affix<false>, {{"prefix"}, 1}},
      {"removesuffix", without_affix<true>, {{"suffix"}, 1}},
      {"replace", replaced, {{"old", "new", "count"}, 2}},
      {"rfind", find<true>, {{"sub", "start", "end"}, 1}},
      {"rindex", index<true>, {{"sub", "start", "end"}, 1}},
      {"rjust", justified<Alignment::right>, {{"width", "fillchar"}, 1}},
      {"rpartition", partitioned<true>, {{"sep"}, 1}},
      {"rsplit", splitted<true>, {{"sep", "maxsplit"}}},
      {"rstrip", stripped<Side::right>, {{"chars"}}},
      {"split", splitted<false>, {{"sep", "maxsplit"}}},
      {"splitlines", lines, {{"keepends"}}},
      {"startswith", has_affix<false>, {{"prefix", "start", "end"}, 1}},
      {"strip", stripped<Side::both>, {{"chars"}}},
      {"swapcase", changed<swap_case>},
      {"title", changed<title>},
      {"translate"},
      {"upper", changed<upper>},
      {"zfill", zero_filled, {{"width"}, 1}},
  };
  const auto* at = std::find_if(std::begin(rows), std::end(rows), [&](const Method& row) { return row.name == name; });
  return at == std::end(rows) ? nullptr : at;
}

}  // namespace millet::text::jinja
