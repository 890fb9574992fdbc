// The rule of the MATH paper: both answers in one spelling, then letter by letter. Nothing is computed.
// Source: Hendrycks et al. 2021, modeling/math_equivalence.py of their repository.
#include <fmt/format.h>

#include <optional>
#include <string>

#include "millet/tasks/math/verify.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kMaxSpelled = 4000;  // bytes of an answer
constexpr size_t kNotThere = std::string::npos;

void replace_each(std::string& text, std::string_view what, std::string_view by = "") {
  std::string out;
  size_t at = 0;
  for (size_t found; (found = text.find(what, at)) != kNotThere; at = found + what.size()) {
    out.append(text, at, found - at).append(by);
  }
  out.append(text, at);
  text = std::move(out);
}

size_t count_of(std::string_view text, std::string_view what) {
  size_t n = 0;
  for (size_t at = 0; (at = text.find(what, at)) != kNotThere; at += what.size()) ++n;
  return n;
}

// \sqrt3 is \sqrt{3}. Nothing where nothing stands behind the root.
std::optional<std::string> roots_in_braces(const std::string& text) {
  constexpr std::string_view kRoot = "\\sqrt";
  std::string out;
  size_t at = 0;
  for (size_t found; (found = text.find(kRoot, at)) != kNotThere;) {
    out.append(text, at, found - at).append(kRoot);
    at = found + kRoot.size();
    if (at >= text.size() || text.compare(at, kRoot.size(), kRoot) == 0) return std::nullopt;
    if (text[at] != '{') out += fmt::format("{{{}}}", text[at++]);
  }
  return out.append(text, at);
}

// \frac12 is \frac{1}{2}, \frac1{x} is \frac{1}{x}. The text as it is where less than two signs stand behind one.
std::string fractions_in_braces(const std::string& text) {
  constexpr std::string_view kFraction = "\\frac";
  std::string out;
  size_t at = 0;
  for (size_t found; (found = text.find(kFraction, at)) != kNotThere;) {
    out.append(text, at, found - at).append(kFraction);
    at = found + kFraction.size();
    if (at < text.size() && text[at] == '{') continue;
    const size_t next = text.find(kFraction, at);
    if ((next == kNotThere ? text.size() : next) - at < 2) return text;
    out += fmt::format("{{{}}}", text[at++]);
    if (text[at] != '{') out += fmt::format("{{{}}}", text[at++]);
  }
  return out.append(text, at);
}

bool integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789") != kNotThere) return false;
  return text.size() == 1 || text[0] != '0';
}

std::string slash_as_fraction(const std::string& text) {
  const size_t slash = text.find('/');
  if (slash == kNotThere) return text;
  const std::string a = text.substr(0, slash), b = text.substr(slash + 1);
  return integer(a) && integer(b) ? fmt::format("\\frac{{{}}}{{{}}}", a, b) : text;
}

// Nothing where the rule breaks off: with two units, or a root of nothing.
std::optional<std::string> spelled_as_in_math(std::string text) {
  for (const std::string_view nothing : {"\n", "\\!"}) replace_each(text, nothing);
  replace_each(text, "\\\\", "\\");
  for (const std::string_view fraction : {"tfrac", "dfrac"}) replace_each(text, fraction, "frac");
  for (const std::string_view nothing : {"\\left", "\\right", "^{\\circ}", "^\\circ", "\\$"})
    replace_each(text, nothing);
  const size_t units = count_of(text, "\\text{ ");
  if (units > 1) return std::nullopt;
  if (units == 1) text.resize(text.find("\\text{ "));
  replace_each(text, "\\%");
  replace_each(text, " .", " 0.");
  replace_each(text, "{.", "{0.");
  if (text.empty()) return text;
  if (text[0] == '.') text = "0" + text;
  const size_t equals = text.find('=');
  if (count_of(text, "=") == 1 && equals <= 2) text = text.substr(equals + 1);
  const auto rooted = roots_in_braces(text);
  if (!rooted) return std::nullopt;
  text = *rooted;
  replace_each(text, " ");
  text = fractions_in_braces(text);
  if (text == "0.5") text = "\\frac{1}{2}";
  return slash_as_fraction(text);
}

}  // namespace

Verdict verify_by_string_rule(std::string_view gold, std::string_view prediction) {
  if (gold.size() > kMaxSpelled) return {false, "refused: the gold answer is too long"};
  if (prediction.size() > kMaxSpelled) return {false, "refused: the prediction is too long"};
  const auto a = spelled_as_in_math(std::string(gold));
  const auto b = a ? spelled_as_in_math(std::string(prediction)) : std::nullopt;
  const bool same = b ? *a == *b : gold == prediction;
  return {same, fmt::format("{}: {} and {}", same ? "equal as text" : "different", b ? *a : gold, b ? *b : prediction)};
}

}  // namespace millet::tasks::math
