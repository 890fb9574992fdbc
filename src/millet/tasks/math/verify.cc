#include "millet/tasks/math/verify.h"

#include <fmt/format.h>

#include "millet/tasks/math/extract.h"

namespace millet::tasks::math {

namespace {

constexpr int64_t kSteps = 30'000;  // of one comparison: about a millisecond at most

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string brief(std::string_view text) {
  constexpr size_t kBrief = 80;
  if (text.size() <= kBrief) return std::string(text);
  size_t end = kBrief;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

ExtractOptions places(const VerifyOptions& options, std::string_view gold) {
  ExtractOptions out;
  out.latex = options.extract == Extract::latex || options.extract == Extract::latex_expression;
  out.expression = options.extract == Extract::expression || options.extract == Extract::latex_expression;
  out.letter = options.extract == Extract::choice_letter;
  const std::string_view letter = trimmed(gold);
  if (letter.size() == 1 && letter[0] > 'D' && letter[0] <= 'Z') out.choices = letter[0] - 'A' + 1;
  const bool english = options.language.empty() || options.language == "english";
  out.language = english ? nullptr : &language(options.language);
  if (out.language != nullptr) out.letters = out.language->letters;
  return out;
}

}  // namespace

Verdict verify_math(std::string_view gold, std::string_view prediction, const VerifyOptions& options) {
  if (options.extract == Extract::raw) return verify_raw(gold, prediction, options.compare);
  if (options.extract == Extract::string_rule) return verify_by_string_rule(gold, prediction);
  ExtractOptions where = places(options, gold);
  Extracted wanted = extract_answer(gold, where);
  if (!where.letters.empty() && !wanted.value) {  // a Russian question may have Latin letters
    where.letters = {};
    wanted = extract_answer(gold, where);
  }
  if (wanted.too_long) return {false, "refused: the gold answer is too long"};
  if (!wanted.value && wanted.text.empty()) return {false, "no answer found in the gold answer"};
  const Extracted given = extract_answer(prediction, where);
  if (given.too_long) return {false, "refused: the prediction is too long"};
  if (!given.value && given.text.empty()) return {false, "no answer found in the prediction"};
  Comparison compared;
  if (wanted.value && given.value) {
    Budget budget(kSteps);
    compared = compare_answers(*wanted.value, *given.value, options.compare, budget);
    if (compared.equal) return {true, compared.reason};
  }
  const std::string_view a = trimmed(wanted.text), b = trimmed(given.text);
  if (!a.empty() && a == b) return {true, fmt::format("equal as text: {}", brief(a))};
  if (wanted.value && given.value) return {false, compared.reason};
  if (!wanted.value) return {false, fmt::format("refused: the gold answer '{}' cannot be read", brief(a))};
  return {false, fmt::format("refused: the answer '{}' cannot be read", brief(b))};
}

}  // namespace millet::tasks::math
