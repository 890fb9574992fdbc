#include "millet/text/jinja/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "millet/core/unicode.h"
#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/print.h"
#include "millet/text/jinja/text.h"
#include "millet/text/utf8.h"

namespace millet::text::jinja {
namespace {

constexpr int64_t kMaxWidth = 100'000;
constexpr int64_t kMaxPrecision = 1000;

struct Spec {
  std::string fill = " ";
  char align = 0;  // < > ^ =
  char sign = '-';
  bool signs = false;  // it is given
  bool alternate = false;
  bool positive_zero = false;  // z: what is written as -0 loses its sign
  bool grouped = false;
  char group = ',';
  int64_t width = 0;
  int64_t precision = -1;
  char type = 0;
};

int64_t number_at(std::string_view text, size_t& at, int64_t most) {
  int64_t out = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    out = out * 10 + (text[at++] - '0');
    require(out <= most, "a width or precision in a format is larger than {}", most);
  }
  return out;
}

// Many digits of a real number take long.
int64_t work_of(const Spec& spec) {
  return 100 + std::max<int64_t>(spec.precision, 0);
}

std::string printf_of(const char* pattern, int64_t precision, double value) {
  char small[64];
  const int n = std::snprintf(small, sizeof small, pattern, static_cast<int>(precision), value);
  if (n < static_cast<int>(sizeof small)) return {small, static_cast<size_t>(n)};
  std::string out(static_cast<size_t>(n) + 1, '\0');
  std::snprintf(out.data(), out.size(), pattern, static_cast<int>(precision), value);
  out.pop_back();
  return out;
}

bool by_bits(const Spec& spec) {
  return spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X';
}

// Where the digits before the point end.
size_t whole_end(const std::string& digits, const Spec& spec) {
  return by_bits(spec) ? digits.size() : std::min(digits.find_first_of(".eEinIN%"), digits.size());
}

std::string grouped(const std::string& digits, const Spec& spec) {
  const int64_t every = by_bits(spec) ? 4 : 3;
  const auto end = static_cast<int64_t>(whole_end(digits, spec));
  std::string out;
  for (int64_t at = 0; at < end; ++at) {
    if (at > 0 && (end - at) % every == 0) out += spec.group;
    out += digits[static_cast<size_t>(at)];
  }
  return out + digits.substr(static_cast<size_t>(end));
}

// A number without its sign; in front what "#" puts before its zeros.
struct Digits {
  std::string mark, body;
};

Digits whole_digits(int64_t v, const Spec& spec) {
  const uint64_t u = v < 0 ? -static_cast<uint64_t>(v) : static_cast<uint64_t>(v);
  auto mark = [&](const char* text) { return spec.alternate ? text : ""; };
  switch (spec.type) {
    case 'x':
      return {mark("0x"), fmt::format("{:x}", u)};
    case 'X':
      return {mark("0X"), fmt::format("{:X}", u)};
    case 'o':
      return {mark("0o"), fmt::format("{:o}", u)};
    case 'b':
      return {mark("0b"), fmt::format("{:b}", u)};
    default:
      return {"", std::to_string(u)};
  }
}

// With a precision and without a type: as "g", but for the exponent, which comes one digit earlier, and a ".0".
std::string general(double x, int64_t precision, bool alternate) {
  precision = std::max<int64_t>(precision, 1);
  std::string out = printf_of("%.*e", precision - 1, x);
  const size_t e = out.find('e');
  const int exponent = std::stoi(out.substr(e + 1));
  std::string tail = out.substr(e);
  if (exponent < -4 || exponent >= precision - 1) {
    out.resize(e);
    if (alternate && out.find('.') == std::string::npos) out += '.';
  } else {
    out = printf_of("%.*f", precision - 1 - exponent, x);
    tail.clear();
  }
  if (!alternate && out.find('.') != std::string::npos) {
    out.resize(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
  }
  return out + (tail.empty() && out.find('.') == std::string::npos ? ".0" : tail);
}

std::string real_digits(const Value& value, const Spec& spec) {
  const double x = std::abs(value.number());
  const char type = spec.type;
  if (!std::isfinite(x)) {
    const bool capital = type == 'F' || type == 'E' || type == 'G';
    const char* name = std::isnan(x) ? capital ? "NAN" : "nan" : capital ? "INF" : "inf";
    return std::string(name) + (type == '%' ? "%" : "");
  }
  const int64_t precision = spec.precision < 0 ? 6 : spec.precision;
  const bool alternate = spec.alternate;
  switch (type) {
    case 'f':
    case 'F':
      return printf_of(alternate ? "%#.*f" : "%.*f", precision, x);
    case '%':
      return printf_of(alternate ? "%#.*f" : "%.*f", precision, x * 100) + "%";
    case 'e':
      return printf_of(alternate ? "%#.*e" : "%.*e", precision, x);
    case 'E':
      return printf_of(alternate ? "%#.*E" : "%.*E", precision, x);
    case 'g':
    case 'n':
      return printf_of(alternate ? "%#.*g" : "%.*g", precision, x);
    case 'G':
      return printf_of(alternate ? "%#.*G" : "%.*G", precision, x);
    case 0: {
      if (spec.precision >= 0) return general(x, precision, alternate);
      std::string out = repr(x);
      if (alternate && out.find('.') == std::string::npos) out.insert(out.find('e'), ".");
      return out;
    }
    default:
      fail("unknown format code '{}' for object of type '{}'", type, value.type());
  }
}

Digits digits_of(const Value& value, const Spec& spec) {
  const bool whole = spec.type == 0 || std::string_view("dnxXob").find(spec.type) != std::string_view::npos;
  if (value.is_integral() && whole) return whole_digits(value.integer(), spec);
  return {"", real_digits(value, spec)};
}

std::string padded(std::string sign, std::string body, const Spec& spec, char align) {
  const int64_t missing = spec.width - count_characters(sign) - count_characters(body);
  if (missing <= 0) return sign + body;
  auto fill = [&](int64_t n) {
    std::string out;
    for (int64_t i = 0; i < n; ++i) out += spec.fill;
    return out;
  };
  switch (align) {
    case '<':
      return sign + body + fill(missing);
    case '^':
      return fill(missing / 2) + sign + body + fill(missing - missing / 2);
    case '=':
      return sign + fill(missing) + body;
    default:
      return fill(missing) + sign + body;
  }
}

std::string sign_of(const Value& value, char positive) {
  const bool negative =
      value.is_integral() ? value.integer() < 0 : !std::isnan(value.number()) && std::signbit(value.number());
  return negative ? "-" : positive == '-' ? "" : std::string(1, positive);
}

std::string character(int64_t point) {
  require(point >= 0 && point < 0x110000 && (point < 0xD800 || point >= 0xE000), "{} is no character", point);
  return unicode::encode(static_cast<char32_t>(point));
}

std::string first_characters(const std::string& text, int64_t count) {
  return count < 0 ? text : text.substr(0, byte_of_character(text, count));
}

}  // namespace

std::string fixed(double value, int64_t precision) {
  return printf_of("%.*f", std::min(precision, kMaxPrecision), value);
}

namespace {

// "[[fill]align][sign][z][#][0][width][grouping][.precision][type]"
Spec parsed(std::string_view text, const Value& value) {
  Spec spec;
  size_t at = 0;
  bool filled = false;
  auto is_align = [](char c) { return c == '<' || c == '>' || c == '^' || c == '='; };
  const size_t first = utf8_at(text, 0).bytes;
  if (first < text.size() && is_align(text[first])) {
    spec.fill = text.substr(0, first);
    spec.align = text[first];
    filled = true;
    at = first + 1;
  } else if (is_align(text[0])) {
    spec.align = text[at++];
  }
  auto take = [&](std::string_view any) {
    return at < text.size() && any.find(text[at]) != std::string_view::npos ? text[at++] : '\0';
  };
  if (const char sign = take("+- ")) {
    spec.sign = sign;
    spec.signs = true;
  }
  spec.positive_zero = take("z") != 0;
  spec.alternate = take("#") != 0;
  if (!filled && take("0") != 0) {
    spec.fill = "0";
    if (spec.align == 0 && value.is_number()) spec.align = '=';
  }
  spec.width = number_at(text, at, kMaxWidth);
  if (const char group = take(",_")) {
    spec.grouped = true;
    spec.group = group;
    require(take(",_") == 0, "a format groups digits by one sign");
  }
  if (take(".") != 0) {
    require(at < text.size() && text[at] >= '0' && text[at] <= '9', "a format lacks its precision");
    spec.precision = number_at(text, at, kMaxPrecision);
  }
  spec.type = take("bcdeEfFgGnosxX%");
  require(at == text.size(), "invalid format specifier '{}' for object of type '{}'", text, value.type());
  if (spec.grouped) {
    const bool four = spec.group == '_' && by_bits(spec);
    const bool three =
        spec.type == 0 ? value.is_number() : std::string_view("deEfFgG%").find(spec.type) != std::string_view::npos;
    require(three || four, "cannot specify '{}' with '{}'", spec.group, spec.type == 0 ? 's' : spec.type);
  }
  return spec;
}

std::string formatted_number(const Value& value, const Spec& spec, Budget& budget) {
  require(spec.type != 's', "unknown format code 's' for object of type '{}'", value.type());
  const char align = spec.align == 0 ? '>' : spec.align;
  if (value.is_integral() &&
      (spec.type == 0 || std::string_view("bcdnoxX").find(spec.type) != std::string_view::npos)) {
    require(spec.precision < 0, "precision not allowed in integer format specifier");
    require(!spec.positive_zero, "negative zero coercion (z) not allowed in integer format specifier");
  }
  if (spec.type == 'c') {
    require(value.is_integral(), "unknown format code 'c' for object of type '{}'", value.type());
    require(!spec.signs && !spec.alternate,
            "sign and alternate form are not allowed with integer format specifier 'c'");
    return padded("", character(value.integer()), spec, align);
  }
  if (!value.is_integral()) budget.step(work_of(spec));
  Digits digits = digits_of(value, spec);
  std::string sign = sign_of(value, spec.sign);
  if (spec.positive_zero && sign == "-" &&
      digits.body.substr(0, digits.body.find_first_of("eE")).find_first_not_of("0.%") == std::string::npos) {
    sign = spec.sign == '-' ? "" : std::string(1, spec.sign);
  }
  if (spec.grouped && spec.fill == "0" && align == '=') {  // zeros in front are grouped, too
    const auto room = spec.width - static_cast<int64_t>(sign.size() + digits.mark.size());
    budget.make(static_cast<size_t>(std::max<int64_t>(room, 0)));
    const size_t point = whole_end(digits.body, spec);
    const auto rest = static_cast<int64_t>(digits.body.size() - point);
    const int64_t every = by_bits(spec) ? 4 : 3;
    auto wide = [&](int64_t count) { return count + (count - 1) / every; };
    auto count = static_cast<int64_t>(point);
    while (count > 0 && wide(count) < room - rest) ++count;
    digits.body.insert(0, static_cast<size_t>(count) - point, '0');
  }
  if (spec.grouped) digits.body = grouped(digits.body, spec);
  return padded(sign + digits.mark, std::move(digits.body), spec, align);
}

}  // namespace

std::string formatted(const Value& value, std::string_view spec_text, Budget& budget) {
  if (spec_text.empty()) return str(value, budget);
  require(value.is_number() || value.is_text(), "unsupported format string passed to {}.__format__", value.type());
  const Spec spec = parsed(spec_text, value);
  budget.make(static_cast<size_t>(spec.width) * spec.fill.size());
  if (value.is_number()) return formatted_number(value, spec, budget);
  require(spec.type == 0 || spec.type == 's', "unknown format code '{}' for object of type '{}'", spec.type,
          value.type());
  require(!spec.signs && !spec.positive_zero && !spec.alternate && spec.align != '=',
          "a sign, z, # and = are not allowed in string format specifier");
  return padded("", first_characters(value.text(), spec.precision), spec, spec.align == 0 ? '<' : spec.align);
}

// ---- %

namespace {

class Percent {
 public:
  Percent(const Value& text, const Value& values, Budget& budget) : text_(text), values_(values), budget_(budget) {}

  Value run() {
    const std::string_view text = text_.text();
    std::string out;
    for (size_t at = 0; at < text.size();) {
      if (text[at] != '%') {
        out += text[at++];
        continue;
      }
      const std::string piece = conversion(text, ++at);
      budget_.make(piece.size());
      out += piece;
    }
    const bool used = values_.is_tuple()
                          ? used_ == values_.list()->items().size()
                          : used_ > 0 || values_.is_dict() || values_.is_undefined() || values_.is_list();
    require(used, "not all arguments converted during string formatting");
    budget_.make(out.size());
    return {std::move(out), text_.is_safe()};
  }

 private:
  Value next() {
    if (values_.is_tuple()) {
      require(used_ < values_.list()->items().size(), "not enough arguments for format string");
      return values_.list()->items()[used_++];
    }
    require(used_++ == 0, "not enough arguments for format string");
    return values_;
  }

  int64_t number_or_star(std::string_view text, size_t& at, int64_t most) {
    if (at >= text.size() || text[at] != '*') return number_at(text, at, most);
    ++at;
    const Value value = next();
    require(value.is_integral(), "* wants int");
    require(value.integer() >= -most && value.integer() <= most, "a width or precision in a format is larger than {}",
            most);
    return value.integer();
  }

  std::string conversion(std::string_view text, size_t& at) {
    if (text.substr(at).starts_with('%')) {
      ++at;
      return "%";
    }
    std::unique_ptr<Value> named;
    if (at < text.size() && text[at] == '(') {
      size_t end = at + 1;
      for (int open = 1; end < text.size(); ++end) {
        if (text[end] == '(') ++open;
        if (text[end] == ')' && --open == 0) break;
      }
      require(end < text.size(), "incomplete format key");
      require(values_.is_dict(), "format requires a mapping");
      const Value* value = values_.dict()->find(text.substr(at + 1, end - at - 1));
      require(value != nullptr, "the values of a format lack '{}'", text.substr(at + 1, end - at - 1));
      named = std::make_unique<Value>(*value);
      at = end + 1;
    }
    Spec spec;
    bool left = false, zeros = false;
    for (; at < text.size() && std::string_view("-+ #0").find(text[at]) != std::string_view::npos; ++at) {
      if (text[at] == '-') left = true;
      if (text[at] == '0') zeros = true;
      if (text[at] == '#') spec.alternate = true;
      if (text[at] == '+' || (text[at] == ' ' && spec.sign == '-')) spec.sign = text[at];
    }
    spec.width = number_or_star(text, at, kMaxWidth);
    left = left || spec.width < 0;
    spec.width = std::abs(spec.width);
    if (at < text.size() && text[at] == '.') {
      ++at;
      spec.precision = std::max<int64_t>(number_or_star(text, at, kMaxPrecision), 0);
    }
    if (at < text.size() && std::string_view("hlL").find(text[at]) != std::string_view::npos) ++at;
    require(at < text.size(), "incomplete format");
    const std::string_view sign = text.substr(at, utf8_at(text, at).bytes);
    char type = text[at++];
    const Value value = named != nullptr ? *named : next();
    budget_.make(static_cast<size_t>(spec.width));
    if (type == 'c') return padded("", shown(value, type), spec, left ? '<' : '>');
    if (type == 's' || type == 'r' || type == 'a') {
      return padded("", first_characters(shown(value, type), spec.precision), spec, left ? '<' : '>');
    }
    require(std::string_view("diuoxXeEfFgG").find(type) != std::string_view::npos, "unsupported format character '{}'",
            sign);
    require_defined(value);
    require(value.is_number(), "%{} format: a real number is required, not {}", type, value.type());
    const bool whole = std::string_view("diuoxX").find(type) != std::string_view::npos;
    const bool decimal = type == 'd' || type == 'i' || type == 'u';
    require(!whole || value.is_integral() || (decimal && std::isfinite(value.number())),
            "%{} format: an integer is required, not {}", type, repr(value, budget_));
    spec.type = decimal ? 'd' : type;
    if (zeros && !left) spec.fill = "0";
    Digits digits;
    if (!value.is_integral() || !whole) budget_.step(work_of(spec));
    if (!whole)
      digits = digits_of(Value(value.number()), spec);
    else if (value.is_integral())
      digits = digits_of(value, spec);
    else
      digits.body = fixed(std::trunc(std::abs(value.number())), 0);
    if (whole && spec.precision > static_cast<int64_t>(digits.body.size())) {
      digits.body.insert(0, static_cast<size_t>(spec.precision) - digits.body.size(), '0');
    }
    const bool nothing = whole && digits.body.find_first_not_of('0') == std::string::npos;  // of -0.5, too
    return padded((nothing ? sign_of(Value(int64_t{0}), spec.sign) : sign_of(value, spec.sign)) + digits.mark,
                  std::move(digits.body), spec,
                  left    ? '<'
                  : zeros ? '='
                          : '>');
  }

  std::string shown(const Value& value, char type) {
    if (type == 'c') {
      if (value.is_integral()) {
        return character(value.integer());
      }
      require(value.is_text() && count_characters(value.text()) == 1, "%c requires int or char");
    }
    std::string out = type == 'a' ? ascii(value, budget_) : type == 'r' ? repr(value, budget_) : str(value, budget_);
    return text_.is_safe() && !value.is_safe() ? escape_html(out) : out;
  }

  const Value& text_;
  const Value& values_;
  Budget& budget_;
  size_t used_ = 0;
};

}  // namespace

Value percent_format(const Value& text, const Value& values, Budget& budget) {
  return Percent(text, values, budget).run();
}

// ---- {}

namespace {

class Braces {
 public:
  Braces(Evaluator& evaluator, const Arguments& values, bool safe)
      : evaluator_(evaluator), values_(values), safe_(safe) {}

  std::string run(std::string_view text, int depth = 2) {
    require(depth >= 0, "max string recursion exceeded");
    std::string out;
    for (size_t at = 0; at < text.size(); ++at) {
      const char c = text[at];
      const bool doubled = at + 1 < text.size() && text[at + 1] == c;
      if (c != '{' && c != '}') {
        out += c;
      } else if (doubled) {
        out += c;
        ++at;
      } else {
        require(c == '{', "single '}}' encountered in format string");
        size_t end = at + 1;
        for (int open = 1; end < text.size(); ++end) {
          if (text[end] == '{') ++open;
          if (text[end] == '}' && --open == 0) break;
        }
        require(end < text.size(), "expected '}}' before end of string");
        const std::string piece = field(text.substr(at + 1, end - at - 1), depth);
        evaluator_.budget().make(piece.size());
        out += piece;
        at = end;
      }
    }
    evaluator_.budget().make(out.size());
    return out;
  }

 private:
  std::string field(std::string_view field, int depth) {
    const size_t colon = std::min(field.find(':'), field.size());
    const std::string_view spec = field.substr(std::min(colon + 1, field.size()));
    field = field.substr(0, colon);
    char conversion = 0;
    if (field.size() >= 2 && field[field.size() - 2] == '!') {
      conversion = field.back();
      field = field.substr(0, field.size() - 2);
    }
    Value value = look_up(field);  // before the values that its specification names
    Budget& budget = evaluator_.budget();
    if (conversion == 'r')
      value = Value(repr(value, budget));
    else if (conversion == 'a')
      value = Value(ascii(value, budget));
    else if (conversion == 's')
      value = Value(str(value, budget));
    else
      require(conversion == 0, "unknown conversion specifier '{}'", conversion);
    std::string out = formatted(value, run(spec, depth - 1), budget);
    return safe_ && !value.is_safe() ? escape_html(out) : out;
  }

  Value look_up(std::string_view field) {
    const size_t first = std::min(field.find_first_of(".["), field.size());
    Value value = argument(field.substr(0, first), first == field.size());
    for (size_t at = first; at < field.size();) {
      if (field[at] == '.') {
        const size_t end = std::min(field.find_first_of(".[", at + 1), field.size());
        value = evaluator_.attribute(value, field.substr(at + 1, end - at - 1));
        at = end;
      } else {
        const size_t end = field.find(']', at);
        require(field[at] == '[' && end != std::string_view::npos, "malformed field in format string");
        value = evaluator_.item(value, index_of(field.substr(at + 1, end - at - 1)));
        at = end + 1;
      }
    }
    return value;
  }

  static Value index_of(std::string_view text) {
    int64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool digits = !text.starts_with("-") && error == std::errc() && rest == text.data() + text.size();
    return digits ? Value(number) : Value(text);
  }

  Value argument(std::string_view name, bool alone) {
    const Value index = name.empty() ? Value(automatic_++) : index_of(name);
    if (index.is_int()) {
      const bool mixed = name.empty() ? by_number_ : alone && automatic_ > 0;
      by_number_ = by_number_ || (alone && !name.empty());
      require(!mixed, "a format numbers its fields itself, or all are numbered in it");
      const int64_t i = index.integer();
      require(i >= 0 && i < static_cast<int64_t>(values_.positional.size()), "a format wants more values than it gets");
      return values_.positional[static_cast<size_t>(i)];
    }
    for (const auto& [known, value] : values_.keywords) {
      if (known == name) return value;
    }
    fail("the values of a format lack '{}'", name);
  }

  Evaluator& evaluator_;
  const Arguments& values_;
  bool safe_;
  int64_t automatic_ = 0;
  bool by_number_ = false;
};

}  // namespace

Value brace_format(Evaluator& evaluator, const Value& text, const Arguments& values) {
  return {Braces(evaluator, values, text.is_safe()).run(text.text()), text.is_safe()};
}

}  // namespace millet::text::jinja
