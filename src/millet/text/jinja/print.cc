#include "millet/text/jinja/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "millet/core/unicode.h"
#include "millet/text/utf8.h"

namespace millet::text::jinja {

std::string repr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  const std::string_view all(buffer, static_cast<size_t>(end - buffer));
  const size_t e = all.find('e');
  const std::string sign = all.front() == '-' ? "-" : "";
  std::string digits;
  for (const char c : all.substr(0, e)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  const int exponent = std::stoi(std::string(all.substr(e + 1)));
  if (exponent < -4 || exponent >= 16) {
    if (digits.size() > 1) digits.insert(1, ".");
    return fmt::format("{}{}e{}{:02}", sign, digits, exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  if (exponent < 0) return sign + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0') + ".0";
  return sign + digits.insert(whole, ".");
}

static std::string escape(char32_t point) {
  const auto number = static_cast<uint32_t>(point);
  return number < 0x100     ? fmt::format("\\x{:02x}", number)
         : number < 0x10000 ? fmt::format("\\u{:04x}", number)
                            : fmt::format("\\U{:08x}", number);
}

static void append_quoted(std::string& out, std::string_view text, char quote) {
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    if (c.point == static_cast<char32_t>(quote) || c.point == '\\')
      (out += '\\') += static_cast<char>(c.point);
    else if (c.point == '\n')
      out += "\\n";
    else if (c.point == '\r')
      out += "\\r";
    else if (c.point == '\t')
      out += "\\t";
    else if (c.point == ' ' || unicode::is_printable(c.point))
      out += text.substr(at, c.bytes);
    else
      out += escape(c.point);
    at += c.bytes;
  }
}

static char quote_for(std::string_view text) {
  const bool doubled = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
  return doubled ? '"' : '\'';
}

std::string in_quotes(std::string_view text) {
  const char quote = quote_for(text);
  std::string out(1, quote);
  append_quoted(out, text, quote);
  return out + quote;
}

std::string in_quotes(std::string_view text, Budget& budget) {
  constexpr size_t kPiece = size_t{1} << 16;
  budget.read(text.size());
  const char quote = quote_for(text);
  std::string out(1, quote);
  while (!text.empty()) {
    size_t piece = std::min(text.size(), kPiece);
    if (piece < text.size()) piece = character_before(text, piece + 1);
    append_quoted(out, text.substr(0, piece), quote);
    text.remove_prefix(piece);
    budget.expect(out.size());
  }
  out += quote;
  return out;
}

std::string_view beginning_of(std::string_view text) {
  constexpr size_t kShown = 1000;
  return text.size() <= kShown ? text : text.substr(0, character_before(text, kShown));
}

static std::string repr_of_items(const Values& items, std::string_view open, std::string_view close, Budget& budget) {
  std::string out(open);
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    out += repr(items[i], budget);
  }
  return out += close;
}

static std::string repr_of_list(const List& list, Budget& budget) {
  switch (list.kind()) {
    case List::Kind::list:
      return repr_of_items(list.items(), "[", "]", budget);
    case List::Kind::tuple:
    case List::Kind::group:
      return repr_of_items(list.items(), "(", list.items().size() == 1 ? ",)" : ")", budget);
    case List::Kind::keys:
      return repr_of_items(list.items(), "dict_keys([", "])", budget);
    case List::Kind::values:
      return repr_of_items(list.items(), "dict_values([", "])", budget);
    case List::Kind::items:
      return repr_of_items(list.items(), "dict_items([", "])", budget);
    case List::Kind::range:
      break;
  }
  if (list.bounds[2] == 1) return fmt::format("range({}, {})", list.bounds[0], list.bounds[1]);
  return fmt::format("range({}, {}, {})", list.bounds[0], list.bounds[1], list.bounds[2]);
}

static std::string repr_of_dict(const Dict& dict, Budget& budget) {
  std::string out = "{";
  for (const auto& [key, value] : dict.entries()) {
    if (out.size() > 1) out += ", ";
    out += repr(key, budget);
    out += ": ";
    out += repr(value, budget);
  }
  return out + "}";
}

static std::string shown(const Value& value, Budget& budget) {
  switch (value.kind()) {
    case Value::Kind::missing:
    case Value::Kind::undefined:
      return "Undefined";
    case Value::Kind::none:
      return "None";
    case Value::Kind::boolean:
      return value.boolean() ? "True" : "False";
    case Value::Kind::integer:
      return std::to_string(value.integer());
    case Value::Kind::real:
      return repr(value.number());
    case Value::Kind::text:
      return value.is_safe() ? "Markup(" + in_quotes(value.text(), budget) + ")" : in_quotes(value.text(), budget);
    case Value::Kind::list:
      return repr_of_list(*value.list(), budget);
    case Value::Kind::dict:
      return repr_of_dict(*value.dict(), budget);
    case Value::Kind::object:
      return value.object()->repr(budget);
  }
  return {};
}

std::string repr(const Value& value, Budget& budget) {
  std::string out = shown(value, budget);
  budget.make(out.size());
  return out;
}

std::string ascii(const Value& value, Budget& budget) {
  const std::string text = repr(value, budget);
  budget.read(text.size());
  budget.expect(text.size() * 4);
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    out += c.point < 0x80 ? text.substr(at, c.bytes) : escape(c.point);
    at += c.bytes;
  }
  budget.make(out.size());
  return out;
}

std::string str(const Value& value, Budget& budget) {
  if (value.is_undefined()) return {};
  if (!value.is_text()) return repr(value, budget);
  budget.make(value.text().size());
  return value.text();
}

Value soft_str(const Value& value, Budget& budget) {
  return value.is_text() ? value : Value(str(value, budget));
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

static bool is_html(char c) {
  return c == '&' || c == '<' || c == '>' || c == '"' || c == '\'';
}

Value escaped(const Value& value, Budget& budget) {
  if (value.is_safe()) return value;
  const std::string text = str(value, budget);
  budget.read(text.size());
  budget.expect(static_cast<size_t>(std::count_if(text.begin(), text.end(), is_html)) * 4 + text.size());
  std::string out = escape_html(text);
  budget.make(out.size());
  return {std::move(out), true};
}

}  // namespace millet::text::jinja
