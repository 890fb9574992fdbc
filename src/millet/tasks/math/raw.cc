// Whole strings as answers: as letters of multiple choice, as text, else as formulas.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "millet/tasks/math/normalize.h"
#include "millet/tasks/math/places.h"
#include "millet/tasks/math/verify.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kMaxRaw = 4000;  // bytes of an answer
constexpr int kOptions = 10;      // A to J

bool raw_blank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

std::string_view raw_trimmed(std::string_view text) {
  while (!text.empty() && raw_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && raw_blank(text.back())) text.remove_suffix(1);
  return text;
}

// 12.5% and 12.5\% are 12.5; points and backslashes at the end say nothing.
std::string_view bare(std::string_view text) {
  std::string_view number = text;
  if (number.ends_with('%')) {
    number.remove_suffix(1);
    if (number.ends_with('\\')) number.remove_suffix(1);
    const size_t point = number.find('.');
    const std::string_view whole = number.substr(0, point);
    const std::string_view decimals = point == std::string_view::npos ? "" : number.substr(point + 1);
    const auto digits = [](std::string_view t) { return t.find_first_not_of("0123456789") == std::string_view::npos; };
    if (!whole.empty() && digits(whole) && digits(decimals)) text = number;
  }
  while (text.ends_with('.') || text.ends_with('\\')) text.remove_suffix(1);
  return text;
}

bool all_of(std::string_view text, bool (*fits)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

// Words, or digits alone: there is nothing in it to compute.
bool literal(std::string_view text) {
  return all_of(text,
                [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == ' ' || c == ','; }) ||
         all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == ' '; });
}

std::string spaceless(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c != ' '; });
  return out;
}

// Between dollars, unless a formula stands in it already.
std::string as_formula(std::string_view text) {
  const auto both = [&](std::string_view open, std::string_view close) {
    const size_t from = text.find(open);
    return from != std::string_view::npos && text.find(close, from + open.size()) != std::string_view::npos;
  };
  const bool has = both("$", "$") || both("\\(", "\\)") || both("\\[", "\\]") || both("\\boxed{", "");
  return has ? std::string(text) : fmt::format("${}$", text);
}

}  // namespace

Verdict verify_raw(std::string_view gold, std::string_view prediction, const CompareOptions& options) {
  if (gold.size() > kMaxRaw) return {false, "refused: the gold answer is too long"};
  if (prediction.size() > kMaxRaw) return {false, "refused: the prediction is too long"};
  const std::string_view letter = raw_trimmed(gold);
  if (letter.size() == 1 && letter[0] >= 'A' && letter[0] < 'A' + kOptions &&
      option_letter(characters(prediction), kOptions) == letter[0]) {
    return {true, fmt::format("equal as letters: {}", letter)};
  }
  const std::string_view a = bare(gold), b = bare(prediction);
  const std::string x = plain_latex(a), y = plain_latex(b);
  const bool same = spaceless(x) == spaceless(y);
  if (same || (literal(x) && literal(y))) {
    return {same, fmt::format("{}: {} and {}", same ? "equal as text" : "different", x, y)};
  }
  VerifyOptions inside;
  inside.extract = Extract::latex;
  inside.compare = options;
  return verify_math(as_formula(a), as_formula(b), inside);
}

}  // namespace millet::tasks::math
