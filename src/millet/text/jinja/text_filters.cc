// Filters that give a text or a number.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "millet/core/unicode.h"
#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/filters.h"
#include "millet/text/jinja/format.h"
#include "millet/text/jinja/methods.h"
#include "millet/text/jinja/print.h"
#include "millet/text/jinja/text.h"
#include "millet/text/jinja/to_json.h"
#include "millet/text/utf8.h"

namespace millet::text::jinja {
namespace {

// The method of Python's str, on the subject as text.
Value method(Evaluator& e, std::string_view name, const Value& subject, Values arguments = {}) {
  const Method& row = *find_string_method(name);
  return row.call(e, soft_str(subject, e.budget()), Bound(name, row.parameters, {std::move(arguments), {}}));
}

std::string printed(const char* pattern, int64_t precision, double value) {
  char out[400];
  const int n = std::snprintf(out, sizeof out, pattern, static_cast<int>(std::min<int64_t>(precision, 330)), value);
  return {out, static_cast<size_t>(n)};
}

// Decimal digits of any script as 0 to 9, as Python's numbers take them.
std::string with_plain_digits(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    if (c.point >= 0x80 && unicode::is_decimal(c.point)) {
      char32_t zero = c.point;  // scripts have their ten digits side by side
      while (unicode::is_decimal(zero - 1)) --zero;
      out += static_cast<char>('0' + (c.point - zero) % 10);
    } else {
      out += text.substr(at, c.bytes);
    }
    at += c.bytes;
  }
  return out;
}

// Python's int(text, base); nothing where it is none.
std::optional<int64_t> to_integer(std::string_view given, int64_t base) {
  const std::string plain = with_plain_digits(strip(given));
  std::string_view text = plain;
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  if (text.size() > 2 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    const int64_t marked = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
    if (marked != 0 && (base == marked || base == 0)) {
      text.remove_prefix(text[2] == '_' ? 3 : 2);
      base = marked;
    }
  }
  if (base == 0) base = 10;
  if (base < 2 || base > 36) return {};
  std::string digits = minus ? "-" : "";
  bool digit = false;
  for (const char c : text) {
    if (c == '_' && !digit) return {};
    digit = c != '_';
    if (digit) digits += c;
  }
  if (!digit) return {};
  int64_t out = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out, static_cast<int>(base));
  if (rest != digits.data() + digits.size()) return {};
  require(error != std::errc::result_out_of_range, "{} does not fit into 64 bits", digits);
  return error == std::errc() ? std::optional(out) : std::nullopt;
}

// Python's float(text).
std::optional<double> to_real(std::string_view text) {
  const std::string plain = with_plain_digits(strip(text));
  if (plain.empty() || plain.find_first_of("xXpP(") != std::string::npos) return {};
  if (is_space(utf8_at(plain, 0).point)) return {};
  std::string digits;
  for (size_t i = 0; i < plain.size(); ++i) {
    auto is_digit = [&](size_t at) { return at < plain.size() && plain[at] >= '0' && plain[at] <= '9'; };
    if (plain[i] != '_')
      digits += plain[i];
    else if (i == 0 || !is_digit(i - 1) || !is_digit(i + 1))
      return {};
  }
  char* end = nullptr;
  const double out = std::strtod(digits.c_str(), &end);
  return end == digits.c_str() + digits.size() ? std::optional(out) : std::nullopt;
}

std::optional<int64_t> truncated(double value) {
  if (std::isnan(value) || std::isinf(value)) return {};
  require(std::abs(value) < 9.2e18, "{} does not fit into 64 bits", value);
  return static_cast<int64_t>(value);
}

}  // namespace

Value filter_abs(Evaluator&, const Value& subject, const Bound&) {
  require_defined(subject);
  require(subject.is_number(), "bad operand type for abs(): '{}'", subject.type());
  if (!subject.is_integral()) return {std::abs(subject.number())};
  require(subject.integer() != INT64_MIN, "an integer does not fit into 64 bits");
  return {std::abs(subject.integer())};
}

Value filter_int(Evaluator& e, const Value& subject, const Bound& a) {
  if (subject.is_text()) e.budget().read(subject.text().size() * 2);
  const Value fallback = a.has(0) ? a[0] : Value(int64_t{0});
  require_defined(subject);
  if (subject.is_integral()) return {subject.integer()};
  if (large_integer(subject) != nullptr) return subject;
  std::optional<int64_t> out;
  if (subject.is_number()) {
    require(!std::isinf(subject.number()), "cannot convert float infinity to integer");
    out = truncated(subject.number());
  } else if (subject.is_text()) {
    if (!a.has(1) || a[1].is_integral()) out = to_integer(subject.text(), a.integer_or(1, 10));
    if (!out) {
      if (const auto real = to_real(subject.text())) out = truncated(*real);
    }
  }
  return out ? Value(*out) : fallback;
}

Value filter_float(Evaluator& e, const Value& subject, const Bound& a) {
  if (subject.is_text()) e.budget().read(subject.text().size() * 2);
  require_defined(subject);
  if (subject.is_number()) return {subject.number()};
  if (const LargeInteger* large = large_integer(subject)) return {std::strtod(large->digits().c_str(), nullptr)};
  if (subject.is_text()) {
    if (const auto real = to_real(subject.text())) return {*real};
  }
  return a.has(0) ? a[0] : Value(0.0);
}

// Half to even at the digit 10^power, power > 0, as the exact value says.
static double rounded(double value, int64_t power) {
  if (value == 0 || power > 308) return std::copysign(0.0, value);
  const std::string shown = printed("%.*e", 17, value);
  const int64_t digits = std::stoi(shown.substr(shown.find('e') + 1)) - power;  // behind the first
  if (digits >= 0) return std::strtod(printed("%.*e", digits, value).c_str(), nullptr);
  // Less than one unit of that digit: 0 or 1 of it.
  const double one = std::strtod(fmt::format("1e{}", power).c_str(), nullptr);
  return std::copysign(digits == -1 && std::abs(value) > one / 2 ? one : 0.0, value);
}

static int64_t rounded(int64_t value, int64_t power) {
  if (power > 18) return 0;
  int64_t one = 1;
  for (int64_t i = 0; i < power; ++i) one *= 10;
  const int64_t rest = value % one, half = one / 2, whole = value - rest;
  const int64_t size = std::abs(rest);
  const bool up = size > half || (size == half && (whole / one) % 2 != 0);
  int64_t out = whole;
  const bool over = up && __builtin_add_overflow(whole, value < 0 ? -one : one, &out);
  require(!over, "an integer does not fit into 64 bits");
  return out;
}

Value filter_round(Evaluator&, const Value& subject, const Bound& a) {
  require_defined(subject);
  require(subject.is_number(), "type {} doesn't define __round__ method", subject.type());
  const int64_t precision = a.integer_or(0, 0);
  const std::string way = a.has(1) ? a.text(1) : "common";
  require(way == "common" || way == "ceil" || way == "floor", "method must be common, ceil or floor");
  const double value = subject.number();
  if (way != "common") {
    require(std::abs(precision) <= 300, "round: a precision of {} is too large", precision);
    const double scale = std::pow(10.0, static_cast<double>(precision)), scaled = value * scale;
    require(std::isfinite(scaled), "cannot convert float {} to integer", scaled);
    return {(way == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / scale + 0.0};  // a whole number knows no -0
  }
  if (subject.is_integral()) {
    return {precision >= 0 ? subject.integer() : rounded(subject.integer(), precision < -1000 ? 1000 : -precision)};
  }
  if (!std::isfinite(value) || precision > 330) return subject;
  if (precision < 0) return {rounded(value, precision < -1000 ? 1000 : -precision)};
  return {std::strtod(fixed(value, precision).c_str(), nullptr)};
}

Value filter_upper(Evaluator& e, const Value& subject, const Bound&) {
  return method(e, "upper", subject);
}
Value filter_lower(Evaluator& e, const Value& subject, const Bound&) {
  return method(e, "lower", subject);
}
Value filter_capitalize(Evaluator& e, const Value& subject, const Bound&) {
  return method(e, "capitalize", subject);
}
Value filter_center(Evaluator& e, const Value& subject, const Bound& a) {
  return method(e, "center", subject, {Value(a.integer_or(0, 80))});
}
Value filter_trim(Evaluator& e, const Value& subject, const Bound& a) {
  return method(e, "strip", subject, a.has(0) ? Values{a[0]} : Values{});
}

// Not Python's title(): a word begins behind spaces, - ( { [ <.
Value filter_title(Evaluator& e, const Value& subject, const Bound&) {
  const std::string text = str(subject, e.budget());
  e.budget().read(text.size() * 2);
  std::string out, word;
  auto flush = [&] {
    if (word.empty()) return;
    const size_t first = utf8_at(word, 0).bytes;
    out += upper(std::string_view(word).substr(0, first)) + lower(std::string_view(word).substr(first));
    word.clear();
  };
  for (size_t at = 0; at < text.size();) {
    const std::string_view c = std::string_view(text).substr(at, utf8_at(text, at).bytes);
    at += c.size();
    const bool between = is_space(utf8_at(c, 0).point) || c == "-" || c == "(" || c == "{" || c == "[" || c == "<";
    if (between) {
      flush();
      out += c;
    } else {
      word += c;
    }
  }
  flush();
  return {std::move(out)};
}

Value filter_replace(Evaluator& e, const Value& subject, const Bound& a) {
  Budget& budget = e.budget();
  const bool safe = e.autoescape();
  auto text = [&](const Value& value) { return safe ? soft_str(value, budget) : Value(str(value, budget)); };
  Values arguments;
  for (const size_t i : {size_t{0}, size_t{1}}) arguments.push_back(text(a[i]));
  if (a.is_set(2)) arguments.push_back(a[2]);
  const bool escape = safe && (a[0].is_safe() || (a[1].is_safe() && !subject.is_safe()));
  return method(e, "replace", escape ? escaped(subject, budget) : text(subject), std::move(arguments));
}

Value filter_string(Evaluator& e, const Value& subject, const Bound&) {
  return soft_str(subject, e.budget());
}
Value filter_safe(Evaluator& e, const Value& subject, const Bound&) {
  return {str(subject, e.budget()), true};
}
Value filter_escape(Evaluator& e, const Value& subject, const Bound&) {
  return escaped(subject, e.budget());
}
Value filter_force_escape(Evaluator& e, const Value& subject, const Bound&) {
  return escaped(Value(str(subject, e.budget())), e.budget());
}

Value filter_format(Evaluator& e, const Value& subject, Arguments&& arguments) {
  require(arguments.positional.empty() || arguments.keywords.empty(),
          "can't handle positional and keyword arguments at the same time");
  const Value text = soft_str(subject, e.budget());
  if (arguments.keywords.empty()) return percent_format(text, List::tuple(std::move(arguments.positional)), e.budget());
  Dict values;
  for (auto& [name, value] : arguments.keywords) values.set(Value(name), std::move(value));
  return percent_format(text, Dict::make(std::move(values)), e.budget());
}

Value filter_indent(Evaluator& e, const Value& subject, const Bound& a) {
  require_defined(subject);
  require(subject.is_text(), "indent wants a str, not {}", subject.type());
  std::string indention;
  if (a.has(0) && a[0].is_text()) {
    indention = a[0].text();
  } else {
    const int64_t width = std::max<int64_t>(a.integer_or(0, 4), 0);
    require(width <= 10'000, "indent: a width of {} is too large", width);
    indention.assign(static_cast<size_t>(width), ' ');
  }
  const std::string text = subject.text() + "\n";  // so that there is a line, and a break at the end gives one more
  const std::vector<std::string_view> lines = split_lines(text, e.budget());
  e.budget().make(text.size() + lines.size() * indention.size());
  std::string out = a.truth_or(1, false) ? indention : "";
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    if (i > 0 && (a.truth_or(2, false) || !lines[i].empty())) out += indention;
    out += lines[i];
  }
  return {std::move(out), subject.is_safe()};
}

Value filter_truncate(Evaluator& e, const Value& subject, const Bound& a) {
  const int64_t most = a.integer_or(0, 255), leeway = a.is_set(3) ? a.integer_or(3, 5) : 5;
  const std::string end = a.has(2) ? a.text(2) : "...";
  const int64_t end_length = count_characters(end);
  require(most >= end_length && leeway >= 0, "truncate: expected length >= {} and leeway >= 0", end_length);
  if (subject.is_text()) e.budget().make(subject.text().size());
  if (length(subject) <= most + leeway) return subject;
  require(subject.is_text(), "truncate wants a str, not {}", subject.type());
  std::string out = subject.text().substr(0, byte_of_character(subject.text(), most - end_length));
  if (!a.truth_or(1, false)) {
    if (const size_t space = out.rfind(' '); space != std::string::npos) out.resize(space);
  }
  return {out + end, subject.is_safe()};
}

Value filter_wordcount(Evaluator& e, const Value& subject, const Bound&) {
  int64_t words = 0;
  bool inside = false;
  const std::string text = str(subject, e.budget());
  e.budget().read(text.size());
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    const bool word = c.point == '_' || unicode::is_letter(c.point) || unicode::is_numeric(c.point);
    words += word && !inside ? 1 : 0;
    inside = word;
    at += c.bytes;
  }
  return {words};
}

Value filter_filesizeformat(Evaluator& e, const Value& subject, const Bound& a) {
  const Value number = filter_float(e, subject, Bound("filesizeformat", {{"default"}}, {{Value::none()}, {}}));
  require(number.is_number(), "filesizeformat wants a number, not {}", subject.type());
  const double base = a.truth_or(0, false) ? 1024 : 1000, bytes = number.number();
  if (bytes == 1) return {"1 Byte"};
  if (bytes < base) return {fixed(std::trunc(bytes) + 0.0, 0) + " Bytes"};  // a whole number knows no -0
  static constexpr std::string_view kLetters = "kMGTPEZY";
  double unit = base;
  size_t i = 0;
  while (i + 1 < kLetters.size() && !(bytes < unit * base)) {
    unit *= base;
    ++i;
  }
  const std::string prefix = base == 1000 ? std::string(1, kLetters[i]) : std::string(1, kLetters[i] & ~0x20) + "i";
  return {fixed(base * bytes / (unit * base), 1) + " " + prefix + "B"};
}

static std::string quoted_url(std::string_view text, bool in_query) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                       c == '.' || c == '-' || c == '~' || (c == '/' && !in_query);
    if (plain)
      out += c;
    else if (c == ' ' && in_query)
      out += '+';
    else
      ((out += '%') += kDigits[static_cast<unsigned char>(c) >> 4]) += kDigits[c & 15];
  }
  return out;
}

Value filter_urlencode(Evaluator& e, const Value& subject, const Bound&) {
  Budget& budget = e.budget();
  if (subject.is_text() || !is_iterable(subject)) {
    const std::string text = str(subject, budget);
    budget.read(text.size());
    budget.make(text.size() * 3);
    return {quoted_url(text, false)};
  }
  Values pairs;
  if (const Dict* dict = subject.dict()) {
    for (const auto& [key, value] : dict->entries()) pairs.push_back(List::tuple({key, value}));
  } else {
    pairs = items_of(subject, budget);
  }
  std::string out;
  for (const Value& pair : pairs) {
    const Values two = items_of(pair, budget);
    require(two.size() == 2, "urlencode wants pairs");
    const std::string key = str(two[0], budget), value = str(two[1], budget);
    budget.read(key.size() + value.size());
    budget.make((key.size() + value.size()) * 3);
    out += (out.empty() ? "" : "&") + quoted_url(key, true) + "=" + quoted_url(value, true);
  }
  return {std::move(out)};
}

Value filter_tojson(Evaluator& e, const Value& subject, const Bound& a) {
  JsonStyle style{.ensure_ascii = a.truth_or(0, false), .sort_keys = a.truth_or(3, false)};
  if (a.is_set(1)) {
    const int64_t width = a[1].is_text() ? 0 : std::max<int64_t>(a.integer_or(1, 0), 0);
    require(width <= 10'000, "tojson: an indent of {} is too large", width);
    style.indent = a[1].is_text() ? a[1].text() : std::string(static_cast<size_t>(width), ' ');
    style.item_separator = ",";
  }
  if (a.is_set(2)) {
    const Values separators = items_of(a[2], e.budget());
    require(separators.size() == 2 && separators[0].is_text() && separators[1].is_text(),
            "tojson: separators are two texts");
    style.item_separator = separators[0].text();
    style.key_separator = separators[1].text();
  }
  return {to_json(subject, style, e.budget())};
}

}  // namespace millet::text::jinja
