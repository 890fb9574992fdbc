// Whole strings as answers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "millet/tasks/math/latex_parser.h"
#include "millet/tasks/math/normalize.h"
#include "millet/tasks/math/verify.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kMaxRaw = 2000;        // bytes of an answer
constexpr long double kNearly = 1e-4L;  // relative
constexpr size_t kMaxList = 100;

void erase_all(std::string& text, std::string_view what, std::string_view by = "") {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

std::string trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return std::string(text);
}

bool letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}

// Words behind a number, and a power of them: 5 miles^2.
void drop_words(std::string& text) {
  static constexpr std::string_view kWords[] = {"degree", "cm",   "centimeter", "meter", "mile",  "second",
                                                "minute", "hour", "day",        "week",  "month", "year",
                                                "foot",   "feet", "inch",       "yard",  "p.m.",  "PM"};
  for (const std::string_view word : kWords) {
    for (size_t at = 0; (at = text.find(word, at)) != std::string::npos;) {
      if (word == "day" && at > 0 && letter(text[at - 1])) {  // Monday
        ++at;
        continue;
      }
      size_t end = at + word.size();
      if (text.compare(end, 2, "es") == 0) end += 2;
      if (text.compare(end, 1, "s") == 0) ++end;
      while (end < text.size() && text[end] == ' ') ++end;
      if (end + 1 < text.size() && text[end] == '^' && digit(text[end + 1])) end += 2;
      text.erase(at, end - at);
    }
  }
}

// {…} around all of it.
std::string unbraced(std::string text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return text;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
    if (depth == 0 && i + 1 < text.size()) return text;
  }
  return text.substr(1, text.size() - 2);
}

// 1,234,567: commas between groups of three digits.
std::string without_thousands(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool comma = text[i] == ',' && i > 0 && digit(text[i - 1]) && i + 3 < text.size() && digit(text[i + 1]) &&
                       digit(text[i + 2]) && digit(text[i + 3]) && (i + 4 >= text.size() || !digit(text[i + 4]));
    if (!comma) out += text[i];
  }
  return out;
}

std::string plain(std::string_view answer) {
  std::string text = trim(answer);
  erase_all(text, "\\\\", "\\");
  const size_t member = text.find("\\in ");
  if (member != std::string::npos) text = text.substr(member + 4);
  for (const std::string_view sign : {"\\%", "%", "\\$", "$", "^{\\circ}", "^\\circ", "^ \\circ"})
    erase_all(text, sign);
  erase_all(text, "trillion", "*10^{12}");
  erase_all(text, "billion", "*10^9");
  erase_all(text, "million", "*10^6");
  drop_words(text);
  text = normalized_latex(text, false);
  for (const std::string_view font : {"\\text", "\\mbox", "\\mathcal"}) {
    if (!text.starts_with(font)) continue;
    const std::string inner = trim(text.substr(font.size()));
    const std::string bare = unbraced(inner);
    if (bare.size() < inner.size()) text = trim(bare);
  }
  return unbraced(text);
}

std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::optional<Rational> as_number(const std::string& text) {
  std::string digits = squeezed(text);
  erase_all(digits, "{,}");
  erase_all(digits, ",");
  const bool minus = digits.starts_with('-');
  const auto value = Rational::parse(minus ? std::string_view(digits).substr(1) : digits);
  return value && minus ? value->negated() : value;
}

bool nearly(long double a, long double b) {
  return std::isfinite(a) && std::isfinite(b) && std::abs(a - b) <= kNearly * std::max(std::abs(a), std::abs(b));
}

bool same_brackets(const std::string& a, const std::string& b) {
  return a.size() > 1 && b.size() > 1 && a.front() == b.front() && a.back() == b.back() &&
         std::string_view("([").find(a.front()) != std::string_view::npos &&
         std::string_view(")]").find(a.back()) != std::string_view::npos;
}

// By commas that stand in no bracket.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (c == ',' && depth == 0) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

Verdict verified(const std::string& gold, const std::string& prediction, const CompareOptions& options, int depth);

Verdict verified_list(const std::vector<std::string>& gold, const std::vector<std::string>& prediction,
                      const CompareOptions& options, int depth) {
  if (gold.size() != prediction.size()) {
    return {false, fmt::format("different: {} and {} values", gold.size(), prediction.size())};
  }
  for (size_t i = 0; i < gold.size(); ++i) {
    const Verdict one = verified(plain(gold[i]), plain(prediction[i]), options, depth + 1);
    if (!one.equal) return one;
  }
  return {true, "equal value by value"};
}

Verdict verified(const std::string& gold, const std::string& prediction, const CompareOptions& options, int depth) {
  const auto text = [&](bool equal) {
    return Verdict{equal, fmt::format("{}: {} and {}", equal ? "equal as text" : "different", gold, prediction)};
  };
  if (squeezed(gold) == squeezed(prediction)) return text(true);
  const auto a = as_number(without_thousands(gold));
  const auto b = as_number(without_thousands(prediction));
  if (a && b) {
    const long double x = a->to_long_double(), y = b->to_long_double();
    const bool equal = *a == *b || nearly(x, y) || nearly(x / 100, y) || nearly(x * 100, y);
    return {equal, fmt::format("{}: {} and {}", equal ? "equal as numbers" : "different", gold, prediction)};
  }
  if (gold.empty() || prediction.empty() || depth > 3) return text(false);
  if (same_brackets(gold, prediction)) {
    const Verdict inner =
        verified_list(split(std::string_view(gold).substr(1, gold.size() - 2)),
                      split(std::string_view(prediction).substr(1, prediction.size() - 2)), options, depth);
    if (inner.equal) return inner;
  }
  const std::vector<std::string> golds = split(without_thousands(gold));
  const std::vector<std::string> predictions = split(without_thousands(prediction));
  if (golds.size() > 1 && predictions.size() > 1 && golds.size() <= kMaxList) {
    return verified_list(golds, predictions, options, depth);
  }
  const auto wanted = parse_latex(gold);
  const auto given = wanted ? parse_latex(prediction) : std::nullopt;
  if (!given) return text(false);
  Budget budget(30'000);
  const Comparison compared = compare_answers(*wanted, *given, options, budget);
  if (compared.equal) return {true, compared.reason};
  const auto x = real_value(*wanted);
  const auto y = x ? real_value(*given) : std::nullopt;
  if (y && nearly(*x, *y)) return {true, fmt::format("equal as numbers: {} and {}", gold, prediction)};
  return {false, compared.reason};
}

}  // namespace

Verdict verify_raw(std::string_view gold, std::string_view prediction, const CompareOptions& options) {
  if (gold == prediction && !gold.empty()) return {true, "equal as text"};
  if (gold.size() > kMaxRaw) return {false, "refused: the gold answer is too long"};
  if (prediction.size() > kMaxRaw) return {false, "refused: the prediction is too long"};
  return verified(plain(gold), plain(prediction), options, 0);
}

}  // namespace millet::tasks::math
