#include "millet/tasks/math/normalize.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <initializer_list>

#include "millet/tasks/math/boxed.h"
#include "millet/tasks/math/units.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kNone = std::string_view::npos;

bool blank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

std::string stripped(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::string out;
  size_t at = 0;
  for (size_t found; (found = text.find(from, at)) != kNone; at = found + from.size()) {
    out.append(text, at, found - at).append(to);
  }
  out.append(text, at);
  text = std::move(out);
}

// A place in a text that moves while a pattern fits.
struct Place {
  std::string_view text;
  size_t at = 0;

  bool word(std::string_view wanted) {
    if (now() != wanted[0] || text.substr(at, wanted.size()) != wanted) return false;
    at += wanted.size();
    return true;
  }
  bool any_of(std::initializer_list<std::string_view> words) {
    for (const std::string_view w : words) {
      if (word(w)) return true;
    }
    return false;
  }
  void blanks() {
    while (at < text.size() && blank(text[at])) ++at;
  }
  void one_blank() {
    if (at < text.size() && blank(text[at])) ++at;
  }
  bool one_digit() {
    if (at >= text.size() || !digit(text[at])) return false;
    ++at;
    return true;
  }
  char before(size_t from) const { return from == 0 ? '\0' : text[from - 1]; }
  char now() const { return at < text.size() ? text[at] : '\0'; }
};

// Goes over a text once; where `rule` reads something from a place, what it appends stands for that. It reads nothing
// from a sign that is not one of `starts`.
template <class Rule>
std::string rewritten(const std::string& text, std::string_view starts, Rule rule) {
  std::string out;
  out.reserve(text.size());
  std::array<bool, 256> may_start{};
  for (const char c : starts) may_start[static_cast<unsigned char>(c)] = true;
  for (size_t at = 0; at < text.size();) {
    size_t start = at;
    while (start < text.size() && !may_start[static_cast<unsigned char>(text[start])]) ++start;
    out.append(text, at, start - at);
    at = start;
    if (at == text.size()) break;
    Place place{text, at};
    if (rule(place, out) && place.at > at) {
      at = place.at;
    } else {
      out += text[at++];
    }
  }
  return out;
}

// \left( is (, \right\} is \}.
bool drop_size(Place& p, std::string& out) {
  const size_t from = p.at;
  if (p.any_of({"\\left", "\\mleft"})) {
    const size_t delimiter = p.at;
    if (p.any_of({"\\{", "{", "\\|", "|", "[", "(", "\\lgroup", "\\lbrace", "\\lbrack", "\\vert", "\\lvert", "\\lceil",
                  "\\lfloor", "\\langle", "\\llcorner", "\\ulcorner"})) {
      out.append(p.text.substr(delimiter, p.at - delimiter));
      return true;
    }
  }
  p.at = from;
  if (p.any_of({"\\right", "\\mright"})) {
    const size_t delimiter = p.at;
    if (p.any_of({"\\}", "}", "\\|", "|", "]", ")", "\\rbrack", "\\rgroup", "\\rbrace", "\\vert", "\\rvert", "\\rceil",
                  "\\rfloor", "\\rangle", "\\lrcorner", "\\urcorner"})) {
      out.append(p.text.substr(delimiter, p.at - delimiter));
      return true;
    }
  }
  return false;
}

size_t simple_run(std::string_view text, size_t at) {
  while (at < text.size() &&
         (letter(text[at]) || digit(text[at]) || std::string_view("+-*/\\ ").find(text[at]) != kNone)) {
    ++at;
  }
  return at;
}

// (n)_{k} is n! / (n-k)!
bool falling_factorial(Place& p, std::string& out) {
  if (!p.word("(")) return false;
  const size_t n = p.at;
  p.at = simple_run(p.text, p.at);
  const std::string top(p.text.substr(n, p.at - n));
  if (top.empty() || !p.word(")_{")) return false;
  const size_t k = p.at;
  p.at = simple_run(p.text, p.at);
  const std::string below(p.text.substr(k, p.at - k));
  if (below.empty() || !p.word("}")) return false;
  out += "\\frac{(" + top + ")!}{((" + top + ")-(" + below + "))!}";
  return true;
}

// What says nothing: empty text, dollars, quotation marks, \displaystyle.
bool drop_idle(Place& p, std::string& /*out*/) {
  const size_t from = p.at;
  if (p.word("\\mathrm{th}")) return true;
  if (p.word("\\!")) {
    p.blanks();
    return true;
  }
  if (p.word("\\text")) {
    p.blanks();
    if (p.word("{")) {
      p.blanks();
      if (p.word("}")) return true;
    }
  }
  p.at = from;
  if (p.any_of({"\\$", "$"})) return true;
  if (p.before(from) != '\\' && p.any_of({"\"", "'"})) return true;
  return p.word("\\displaystyle");
}

bool whole_word(Place& p, std::string_view wanted) {
  const auto of_word = [](char c) { return letter(c) || digit(c) || c == '_'; };
  const size_t from = p.at;
  if (!p.word(wanted)) return false;
  return !of_word(p.before(from)) && !of_word(p.now());
}

// Blanks, then a word for percent.
bool percent_word(Place& p, std::string_view wanted) {
  p.blanks();
  return whole_word(p, wanted);
}

bool and_or(Place& p, bool in_text) {
  const size_t from = p.at;
  p.word(",");
  p.blanks();
  if (in_text) {
    if (!p.word("\\text{")) return false;
    p.blanks();
    if (!p.any_of({"and", "or"})) return false;
    p.blanks();
    return p.word("}");
  }
  return !letter(p.before(from)) && p.any_of({"and", "or"}) && !letter(p.now());
}

// One spelling for what has several.
bool one_spelling(Place& p, std::string& out) {
  const size_t from = p.at;
  const auto is = [&](bool fits, std::string_view as) {
    if (fits) {
      out += as;
    } else {
      p.at = from;
    }
    return fits;
  };
  const auto blank_point = [&] {
    if (!blank(p.now())) return false;
    ++p.at;
    return p.word(".");
  };
  if (blank(p.now())) {
    // From a blank behind two others nothing is read that was not read from the second of these.
    if (from >= 2 && blank(p.text[from - 1]) && blank(p.text[from - 2])) {
      if (is(blank_point(), " 0.")) return true;
      return is(p.word(" sqrt"), "\\sqrt");
    }
    p.blanks();
    const char next = p.now();
    p.at = from;
    if (std::string_view("{,aop\\.s").find(next) == kNone) return false;
  }
  if (is(p.any_of({"\\mathrm", "\\mathit", "\\mathbf"}), "\\text")) return true;
  if (is(p.any_of({"\\textnormal", "\\textbf", "\\textit", "\\textrm"}), "\\text")) return true;
  if (is(p.any_of({"\\dfrac", "\\tfrac", "\\cfrac"}), "\\frac")) return true;
  if (is(blank_point(), " 0.")) return true;
  if (is(p.word("{."), "{0.")) return true;
  if (is(p.word("~="), "\\approx")) return true;
  const auto braced_comma = [&] {
    p.blanks();
    if (!p.word("{")) return false;
    p.blanks();
    if (!p.word(",")) return false;
    p.blanks();
    return p.word("}");
  };
  if (is(braced_comma(), ",")) return true;
  if (is(and_or(p, false), ",")) return true;
  if (is(and_or(p, true), ",")) return true;
  const auto spaced_backslash = [&] {
    if (p.before(from) == '\\' || !p.word("\\") || !blank(p.now())) return false;
    ++p.at;
    return true;
  };
  if (is(spaced_backslash(), " ")) return true;
  if (is(p.word("infinity"), "\\infty")) return true;
  if (is(p.any_of({",\\ldots", "\\ldots"}), " ")) return true;
  for (const std::string_view word : {"percentage", "percent", "pct"}) {
    if (is(percent_word(p, word), "\\%")) return true;
  }
  if (is(p.any_of({"\\text{percentage}", "\\text{percent}", "\\text{pct}"}), "%")) return true;
  if (is(p.before(from) != '\\' && p.word("inf"), "\\infty")) return true;
  return is(p.word(" sqrt"), "\\sqrt");
}

// A double backslash before a letter, as JSON escaped twice leaves it.
bool single_backslash(Place& p, std::string& out) {
  if (!p.word("\\\\") || !letter(p.now())) return false;
  out += '\\';
  return true;
}

// \text{km}}{\text{h}}, as behind \frac{; either may have a power of one digit.
bool is_unit_fraction(std::string_view text) {
  Place p{text};
  const auto unit = [&] {
    if (!p.word("\\text{")) return false;
    p.at = std::min(text.find_first_of("{}", p.at), text.size());
    if (!p.word("}")) return false;
    return !p.word("^") || (p.word("{") ? p.one_digit() && p.word("}") : p.one_digit());
  };
  return unit() && p.word("}{") && unit() && p.word("}") && p.at == text.size();
}

// \text{ cm}^2 at the end, from the first \text on. Nothing may be left of the rest but blanks.
std::string without_text_unit(const std::string& text) {
  std::string_view rest = text;
  const auto drop = [&](std::string_view end) {
    if (!rest.ends_with(end)) return false;
    rest.remove_suffix(end.size());
    return true;
  };
  if (rest.size() >= 2 && digit(rest.back()) && rest[rest.size() - 2] == '^') {
    rest.remove_suffix(2);
  } else if (rest.size() >= 4 && rest.back() == '}' && digit(rest[rest.size() - 2]) && rest[rest.size() - 3] == '^' &&
             rest[rest.size() - 4] == '{' && rest.size() >= 5 && rest[rest.size() - 5] == '}') {
    rest.remove_suffix(4);
  }
  if (!drop("}")) return text;
  const size_t a = rest.find("\\text{");
  const size_t b = rest.find("\\mbox{");
  const size_t from = std::min(a, b);
  if (from == kNone) return text;
  if (rest.substr(0, from).ends_with("\\frac{") && is_unit_fraction(std::string_view(text).substr(from))) {
    const std::string amount = stripped(rest.substr(0, from - 6));
    return amount.empty() ? text : amount;
  }
  const std::string out = stripped(rest.substr(0, from));
  int depth = 0;  // in \frac{1}{\text{e}} no unit stands at the end
  for (const char c : out) depth += c == '{' ? 1 : c == '}' ? -1 : 0;
  const bool divides = out.ends_with('/') && text.substr(from) == "\\text{e}";  // 1/\mathrm{e}
  return out.empty() || depth != 0 || divides ? text : out;
}

// Behind `open`, lazily up to the first `close` that `next` goes on from. The contents are appended in braces.
template <class Next>
bool up_to(Place& p, char close, std::string& contents, Next next) {
  const size_t from = p.at;
  for (size_t i = from; (i = p.text.find(close, i)) != kNone; ++i) {
    p.at = i + 1;
    if (next()) {
      contents = p.text.substr(from, i - from);
      return true;
    }
  }
  return false;
}

bool power_in_parentheses(Place& p, std::string& out) {  // ^(x) is ^{x}
  std::string contents;
  if (!p.word("^")) return false;
  p.one_blank();
  if (!p.word("(") || !up_to(p, ')', contents, [] { return true; })) return false;
  out += "^{" + contents + "}";
  return true;
}

bool root_in_parentheses(Place& p, std::string& out) {  // sqrt(x) and \sqrt(x) are \sqrt{x}
  std::string contents;
  p.word("\\");
  if (!p.word("sqrt")) return false;
  p.one_blank();
  if (!p.word("(") || !up_to(p, ')', contents, [] { return true; })) return false;
  out += "\\sqrt{" + contents + "}";
  return true;
}

// \frac12 and \log_28: one digit, then the others.
bool two_numbers(Place& p, std::string& out, std::string_view command) {
  if (!p.word(command)) return false;
  p.one_blank();
  const size_t first = p.at;
  if (!p.one_digit()) return false;
  p.one_blank();
  const size_t second = p.at;
  if (!p.one_digit()) return false;
  while (p.one_digit()) {
  }
  out += std::string(command) + "{" + p.text[first] + "}{" + std::string(p.text.substr(second, p.at - second)) + "}";
  return true;
}

bool fraction_over_digit(Place& p, std::string& out) {  // \frac{a}3
  std::string contents;
  if (!p.word("\\frac")) return false;
  p.one_blank();
  const auto next = [&] {
    p.one_blank();
    return p.one_digit();
  };
  if (!p.word("{") || !up_to(p, '}', contents, next)) return false;
  out += "\\frac{" + contents + "}{" + p.text[p.at - 1] + "}";
  return true;
}

bool digit_over_fraction(Place& p, std::string& out) {  // \frac3{a}
  std::string contents;
  if (!p.word("\\frac")) return false;
  p.one_blank();
  const char top = p.now();
  if (!p.one_digit()) return false;
  p.one_blank();
  if (!p.word("{") || !up_to(p, '}', contents, [] { return true; })) return false;
  out += std::string("\\frac{") + top + "}{" + contents + "}";
  return true;
}

bool root_of_digit(Place& p, std::string& out) {  // \sqrt3
  if (!p.word("\\sqrt")) return false;
  p.one_blank();
  const char of = p.now();
  if (!p.one_digit()) return false;
  out += std::string("\\sqrt{") + of + "}";
  return true;
}

size_t character_length(std::string_view text, size_t at) {
  size_t length = 1;
  while (at + length < text.size() && (static_cast<unsigned char>(text[at + length]) & 0xC0U) == 0x80U) ++length;
  return length;
}

bool root_of_character(Place& p, std::string& out) {  // \sqrt x
  if (!p.word("\\sqrt")) return false;
  p.blanks();
  out += "\\sqrt";
  if (p.at >= p.text.size() || p.now() == '{' || p.now() == '[') return true;
  const size_t length = character_length(p.text, p.at);
  out += "{" + std::string(p.text.substr(p.at, length)) + "}";
  p.at += length;
  return true;
}

bool fraction_of_characters(Place& p, std::string& out) {  // \frac ab, \frac a{b}
  if (!p.word("\\frac")) return false;
  p.blanks();
  out += "\\frac";
  if (p.now() == '{' || p.at + 1 >= p.text.size()) return true;
  for (int i = 0; i < 2 && p.at < p.text.size() && p.now() != '{'; ++i) {
    const size_t length = character_length(p.text, p.at);
    out += "{" + std::string(p.text.substr(p.at, length)) + "}";
    p.at += length;
  }
  return true;
}

// "3/4" and nothing else.
std::string fraction_of_slash(const std::string& text) {
  const auto whole = [](std::string_view t) {
    if (t.starts_with('-')) t.remove_prefix(1);
    if (t.empty() || t.find_first_not_of("0123456789") != kNone) return false;
    return t.size() == 1 || t[0] != '0';
  };
  const size_t slash = text.find('/');
  if (slash == kNone) return text;
  const std::string a = text.substr(0, slash), b = text.substr(slash + 1);
  return whole(a) && whole(b) ? "\\frac{" + a + "}{" + b + "}" : text;
}

std::string basic(std::string text) {
  replace_all(text, "\\mathrm{T}", "T");
  replace_all(text, "\\mathrm{d}", "d");
  replace_all(text, "{\\rm d}", "d");
  replace_all(text, "\\left[\\begin{matrix}", "\\begin{bmatrix}");
  replace_all(text, "\\end{matrix}\\right]", "\\end{bmatrix}");
  text = rewritten(text, "\\", drop_size);
  text = rewritten(text, "(", falling_factorial);
  text = rewritten(text, "\\$\"'", drop_idle);
  text = rewritten(text, "\\{~,aiop \t\n\v\f\r", one_spelling);
  replace_all(text, "\n", " ");
  replace_all(text, "\t", " ");
  return text.find("matrix") == kNone ? rewritten(text, "\\", single_backslash) : text;
}

std::string repaired(std::string text) {
  text = rewritten(text, "^", power_in_parentheses);
  text = rewritten(text, "\\s", root_in_parentheses);
  text = rewritten(text, "\\", [](Place& p, std::string& out) { return two_numbers(p, out, "\\frac"); });
  text = rewritten(text, "\\", [](Place& p, std::string& out) { return two_numbers(p, out, "\\log_"); });
  text = rewritten(text, "\\", fraction_over_digit);
  text = rewritten(text, "\\", digit_over_fraction);
  text = rewritten(text, "\\", root_of_digit);
  replace_all(text, " sqrt", "\\sqrt");
  text = rewritten(text, "\\", root_of_character);
  text = rewritten(text, "\\", fraction_of_characters);
  return fraction_of_slash(text);
}

}  // namespace

std::string plain_latex(std::string_view text) {
  return stripped(basic(boxed_contents(text, false)));
}

std::string normalized_latex(std::string_view text, bool last_box, Units units) {
  std::string out = basic(boxed_contents(text, last_box));
  if (units == Units::dropped) {
    out = without_text_unit(out);
    for (int i = 0; i < 2; ++i) {
      const std::string shorter = without_unit(out);
      if (!shorter.empty()) out = shorter;
    }
  }
  if (out.starts_with('.')) out = "0" + out;
  if (out == "0.5") out = "\\frac{1}{2}";
  return stripped(repaired(std::move(out)));
}

}  // namespace millet::tasks::math
