#include "millet/text/jinja/format.h"

#include <fmt/format.h>

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
  bool alternate = false;
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

std::string printf_of(const char* pattern, int64_t precision, double value) {
  char small[64];
  const int n = std::snprintf(small, sizeof small, pattern, static_cast<int>(precision), value);
  if (n < static_cast<int>(sizeof small)) return {small, static_cast<size_t>(n)};
  std::string out(static_cast<size_t>(n) + 1, '\0');
  std::snprintf(out.data(), out.size(), pattern, static_cast<int>(precision), value);
  out.pop_back();
  return out;
}

std::string grouped(std::string digits, char mark) {  // of the whole part
  const size_t point = std::min(digits.find_first_of(".e"), digits.size());
  for (auto at = static_cast<int64_t>(point) - 3; at > 0; at -= 3) digits.insert(static_cast<size_t>(at), 1, mark);
  return digits;
}

// A number without its sign.
std::string digits_of(const Value& value, const Spec& spec) {
  char type = spec.type;
  if (value.is_integral() &&
      (type == 0 || type == 'd' || type == 'n' || type == 'x' || type == 'X' || type == 'o' || type == 'b')) {
    const int64_t v = value.integer();
    const uint64_t u = v < 0 ? -static_cast<uint64_t>(v) : static_cast<uint64_t>(v);
    switch (type) {
      case 'x':
        return (spec.alternate ? "0x" : "") + fmt::format("{:x}", u);
      case 'X':
        return (spec.alternate ? "0X" : "") + fmt::format("{:X}", u);
      case 'o':
        return (spec.alternate ? "0o" : "") + fmt::format("{:o}", u);
      case 'b':
        return (spec.alternate ? "0b" : "") + fmt::format("{:b}", u);
      default:
        return std::to_string(u);
    }
  }
  const double x = std::abs(value.number());
  if (std::isnan(x)) return type == 'F' || type == 'E' || type == 'G' ? "NAN" : "nan";
  if (std::isinf(x)) return type == 'F' || type == 'E' || type == 'G' ? "INF" : "inf";
  const int64_t precision = spec.precision < 0 ? 6 : spec.precision;
  switch (type) {
    case 'f':
    case 'F':
      return printf_of("%.*f", precision, x);
    case '%':
      return printf_of("%.*f", precision, x * 100) + "%";
    case 'e':
      return printf_of("%.*e", precision, x);
    case 'E':
      return printf_of("%.*E", precision, x);
    case 'g':
    case 'n':
      return printf_of("%.*g", precision, x);
    case 'G':
      return printf_of("%.*G", precision, x);
    case 0: {
      if (spec.precision < 0) return repr(x);
      std::string out = printf_of("%.*g", precision, x);
      if (out.find_first_of(".en") == std::string::npos) out += ".0";
      return out;
    }
    default:
      fail("unknown format code '{}' for object of type '{}'", type, value.type());
  }
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
  const bool negative = value.is_integral() ? value.integer() < 0 : std::signbit(value.number());
  return negative ? "-" : positive == '-' ? "" : std::string(1, positive);
}

std::string first_characters(const std::string& text, int64_t count) {
  return count < 0 ? text : text.substr(0, byte_of_character(text, count));
}

}  // namespace

std::string fixed(double value, int64_t precision) {
  return printf_of("%.*f", std::min(precision, kMaxPrecision), value);
}

std::string formatted(const Value& value, std::string_view spec_text, Budget& budget) {
  if (spec_text.empty()) return str(value, budget);
  Spec spec;
  size_t at = 0;
  auto is_align = [](char c) { return c == '<' || c == '>' || c == '^' || c == '='; };
  const size_t first = utf8_at(spec_text, 0).bytes;
  if (first < spec_text.size() && is_align(spec_text[first])) {
    spec.fill = spec_text.substr(0, first);
    spec.align = spec_text[first];
    at = first + 1;
  } else if (is_align(spec_text[0])) {
    spec.align = spec_text[at++];
  }
  auto take = [&](std::string_view any) {
    return at < spec_text.size() && any.find(spec_text[at]) != std::string_view::npos ? spec_text[at++] : '\0';
  };
  if (const char sign = take("+- ")) spec.sign = sign;
  spec.alternate = take("#") != 0;
  if (take("0") != 0 && spec.align == 0) {
    spec.fill = "0";
    spec.align = '=';
  }
  spec.width = number_at(spec_text, at, kMaxWidth);
  if (const char group = take(",_")) {
    spec.grouped = true;
    spec.group = group;
  }
  if (take(".") != 0) {
    require(at < spec_text.size() && spec_text[at] >= '0' && spec_text[at] <= '9', "a format lacks its precision");
    spec.precision = number_at(spec_text, at, kMaxPrecision);
  }
  spec.type = take("bcdeEfFgGnosxX%");
  require(at == spec_text.size(), "invalid format specifier '{}' for object of type '{}'", spec_text, value.type());
  budget.make(static_cast<size_t>(spec.width) * spec.fill.size());
  if (value.is_number() && !(value.is_bool() && spec.type == 0)) {
    require(spec.type != 's' && spec.type != 'c', "unknown format code '{}' for object of type '{}'", spec.type,
            value.type());
    std::string digits = digits_of(value, spec);
    if (spec.grouped) digits = grouped(std::move(digits), spec.group);
    return padded(sign_of(value, spec.sign), std::move(digits), spec, spec.align == 0 ? '>' : spec.align);
  }
  require(value.is_text() || value.is_bool(), "unsupported format string passed to {}.__format__", value.type());
  require(spec.type == 0 || spec.type == 's', "unknown format code '{}' for object of type '{}'", spec.type,
          value.type());
  require(spec.align != '=', "'=' alignment is for numbers");
  return padded("", first_characters(str(value, budget), spec.precision), spec, spec.align == 0 ? '<' : spec.align);
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
      out += conversion(text, ++at);
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
    require(value.is_integral() && value.integer() >= 0 && value.integer() <= most, "* wants a small int");
    return value.integer();
  }

  std::string conversion(std::string_view text, size_t& at) {
    std::unique_ptr<Value> named;
    if (at < text.size() && text[at] == '(') {
      const size_t end = find_in(text, ")", at);
      require(end != std::string_view::npos, "incomplete format key");
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
    if (at < text.size() && text[at] == '.') {
      ++at;
      spec.precision = number_or_star(text, at, kMaxPrecision);
    }
    while (at < text.size() && std::string_view("hlL").find(text[at]) != std::string_view::npos) ++at;
    require(at < text.size(), "incomplete format");
    char type = text[at++];
    if (type == '%') return "%";
    const Value value = named != nullptr ? *named : next();
    budget_.make(static_cast<size_t>(spec.width));
    if (type == 's' || type == 'r' || type == 'a' || type == 'c') {
      return padded("", first_characters(shown(value, type), spec.precision), spec, left ? '<' : '>');
    }
    require(std::string_view("diuoxXeEfFgG").find(type) != std::string_view::npos, "unsupported format character '{}'",
            type);
    require_defined(value);
    require(value.is_number(), "%{} format: a real number is required, not {}", type, value.type());
    Value number = value;
    if (std::string_view("diuoxX").find(type) != std::string_view::npos) {
      if (!value.is_integral()) {
        require((type == 'd' || type == 'i' || type == 'u') && std::abs(value.number()) < 9e18,
                "%{} format: an integer is required, not {}", type, value.type());
        number = Value(static_cast<int64_t>(value.number()));
      }
      if (type == 'i' || type == 'u') type = 'd';
    } else {
      number = Value(value.number());
    }
    spec.type = type;
    if (zeros && !left) spec.fill = "0";
    std::string digits = digits_of(number, spec);
    if (number.is_integral() && spec.precision > static_cast<int64_t>(digits.size())) {
      digits.insert(0, static_cast<size_t>(spec.precision) - digits.size(), '0');
    }
    return padded(sign_of(number, spec.sign), std::move(digits), spec, left ? '<' : zeros ? '=' : '>');
  }

  std::string shown(const Value& value, char type) {
    if (type == 'c') {
      if (value.is_integral()) {
        const int64_t point = value.integer();
        require(point >= 0 && point < 0x110000 && (point < 0xD800 || point >= 0xE000), "%c arg is no character");
        return unicode::encode(static_cast<char32_t>(point));
      }
      require(value.is_text() && count_characters(value.text()) == 1, "%c requires int or char");
    }
    std::string out = type == 'r' || type == 'a' ? repr(value, budget_) : str(value, budget_);
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
        out += field(text.substr(at + 1, end - at - 1), depth);
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
    else if (conversion == 's')
      value = Value(str(value, budget));
    else
      require(conversion == 0, "unknown conversion specifier '{}'", conversion);
    std::string out = formatted(value, run(spec, depth - 1), budget);
    return safe_ && !value.is_safe() ? escape_html(out) : out;
  }

  Value look_up(std::string_view field) {
    const size_t first = std::min(field.find_first_of(".["), field.size());
    Value value = argument(field.substr(0, first));
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
    if (error == std::errc() && rest == text.data() + text.size()) return {number};
    return {text};
  }

  Value argument(std::string_view name) {
    const Value index = name.empty() ? Value(static_cast<int64_t>(automatic_++)) : index_of(name);
    if (index.is_int()) {
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
  size_t automatic_ = 0;
};

}  // namespace

Value brace_format(Evaluator& evaluator, const Value& text, const Arguments& values) {
  return {Braces(evaluator, values, text.is_safe()).run(text.text()), text.is_safe()};
}

}  // namespace millet::text::jinja
