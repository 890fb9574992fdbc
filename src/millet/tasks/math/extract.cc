#include "millet/tasks/math/extract.h"

#include <algorithm>
#include <utility>

#include "millet/core/unicode.h"
#include "millet/tasks/math/arithmetic.h"
#include "millet/tasks/math/boxed.h"
#include "millet/tasks/math/latex_parser.h"
#include "millet/tasks/math/normalize.h"
#include "millet/tasks/math/places.h"
#include "millet/tasks/math/recent.h"

namespace millet::tasks::math {

namespace {

constexpr int kPriorities[] = {0, 50, 100, 150, 200, 210, 250, 300};
constexpr size_t kMaxRead = 16'000;  // bytes of formulas that are read, over all places of a text

std::string utf8(std::u32string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t c : text) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      out += unicode::encode(c);
    }
  }
  return out;
}

bool is_plain_equals(std::string_view text, size_t at) {
  if (text[at] != '=') return false;
  const char before = at == 0 ? ' ' : text[at - 1];
  return before != '\\' && before != '<' && before != '!' && before != '>';
}

// What stands behind the last sign of a = b = c; all of it where there are fewer signs, or a list.
std::string_view last_equation(std::string_view text) {
  if (text.find_first_of(",;") != std::string_view::npos) return text;
  int signs = 0;
  size_t last = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_plain_equals(text, i)) continue;
    ++signs;
    last = i + 1;
  }
  return signs > 1 ? text.substr(last) : text;
}

std::optional<Expression> as_percent(std::optional<Expression> value, bool percent) {
  if (!value || !percent) return value;
  return node(Kind::percent, {std::move(*value)});
}

constexpr size_t kLeastRead = 128;  // what a place counts at least
static_assert(kMaxRead / kLeastRead < kMaxFound);

class Reader {
 public:
  Reader(std::u32string_view text, const ExtractOptions& options) : text_(text), options_(options) {}

  // False: too much has been read already. Of each kind it reads fewer than kMaxFound.
  bool affords(const Found& found) {
    size_t size = 0;
    for (const Formula& formula : found.formulas) {
      if (formula.boxed) continue;
      for (const char32_t c : text_.substr(formula.begin, formula.end - formula.begin)) size += c < 0x80 ? 1 : 3;
    }
    spent_ += size + kLeastRead;
    return spent_ <= kMaxRead;
  }

  Extracted read(const Found& found) const {
    switch (found.what) {
      case Found::What::formulas:
        return formulas(found);
      case Found::What::number:
        return a_number(found);
      case Found::What::arithmetic: {
        const std::string text = utf8(text_.substr(found.from, found.to - found.from));
        return {parse_arithmetic(text), text};
      }
      case Found::What::letter: {
        const std::string text = utf8(text_.substr(found.from, found.to - found.from));
        return {symbol(text), text};
      }
    }
    return {};
  }

 private:
  Extracted formula(const Formula& place) const {
    std::string source = utf8(text_.substr(place.begin, place.end - place.begin));
    if (place.boxed && source.size() > kMaxLatex) source = boxed_contents(source, true);
    if (source.size() > kMaxLatex) return {std::nullopt, source};
    const auto spelled = [&](Units units) {
      std::string text = normalized_latex(source, place.boxed, units);
      return options_.language != nullptr ? std::string(last_equation(text)) : text;
    };
    std::string text = spelled(Units::dropped);
    std::optional<Expression> value = parsed(text);
    if (!value && ends_otherwise(source, text)) {  // in "- c" and "\sum_{k=1}^3 m" what looks like a unit is none
      std::string whole = spelled(Units::kept);
      if (whole != text) value = parsed(whole);
      if (value) text = std::move(whole);
    }
    return {as_percent(std::move(value), place.percent), text};
  }

  // Whether anything, as a unit, was taken from the end.
  static bool ends_otherwise(std::string_view source, std::string_view text) {
    const size_t last = source.find_last_not_of(" \t\r\n");
    return text.empty() || last == std::string_view::npos || source[last] != text.back();
  }

  static std::optional<Expression> parsed(const std::string& text) {
    std::optional<Expression> value = parse_latex(text);
    if (value) return value;
    const std::string_view last = last_equation(text);
    return last.size() < text.size() ? parse_latex(last) : std::nullopt;
  }

  // Several formulas are a set of what they say.
  Extracted formulas(const Found& found) const {
    Extracted first = formula(found.formulas[0]);
    if (found.formulas.size() == 1) return first;
    std::vector<Expression> elements;
    std::string text;
    bool all = true;
    for (const Formula& place : found.formulas) {
      Extracted one = formula(place);
      text += (text.empty() ? "" : " and ") + one.text;
      all = all && one.value;
      if (!all) continue;
      if (one.value->is(Kind::finite_set)) {
        for (Expression& e : one.value->arguments) elements.push_back(std::move(e));
      } else {
        elements.push_back(std::move(*one.value));
      }
    }
    if (!all) return first;
    Expression set = node(Kind::finite_set, {});
    for (Expression& e : elements) {
      if (std::find(set.arguments.begin(), set.arguments.end(), e) == set.arguments.end()) {
        set.arguments.push_back(std::move(e));
      }
    }
    return {std::move(set), text};
  }

  Extracted a_number(const Found& found) const {
    std::string whole, decimals;
    bool minus = false;
    for (size_t i = found.from; i < found.to; ++i) {
      const char32_t c = text_[i];
      if (c == U'-') minus = true;
      if (is_digit(c)) (i < found.decimal ? whole : decimals) += static_cast<char>(c);
    }
    const size_t significant = whole.find_first_not_of('0');
    if (!minus) whole = significant == std::string::npos ? "0" : whole.substr(significant);
    std::string text = whole + (decimals.empty() ? "" : "." + decimals);
    std::optional<Rational> value = Rational::parse(text);
    if (minus) text = "-" + text;
    if (!value) return {std::nullopt, text};
    Expression out = number(minus ? value->negated() : *value, !decimals.empty());
    return {as_percent(std::move(out), found.percent), text};
  }

  std::u32string_view text_;
  const ExtractOptions& options_;
  size_t spent_ = 0;
};

}  // namespace

Extracted extract_answer(std::string_view utf8_text, const ExtractOptions& options) {
  Extracted out;
  if (utf8_text.size() > kMaxText) {
    out.too_long = true;
    return out;
  }
  const std::optional<std::string> parts = recent_parts(utf8_text, options.language, options.letter);
  const Searched searched(characters(parts ? *parts : utf8_text), options.language);
  Reader reader(searched.text(), options);
  for (const int priority : kPriorities) {
    std::vector<Found> all;
    const auto append = [&](std::vector<Found> found) {
      for (Found& one : found) all.push_back(std::move(one));
    };
    if (options.letter) append(find_letters(searched, priority, options.choices, options.letters));
    if (options.latex) append(find_formulas(searched, priority));
    if (options.expression) append(find_numbers(searched, priority));
    // The one that ends last first, of these the one that begins first.
    std::stable_sort(all.begin(), all.end(),
                     [](const Found& a, const Found& b) { return a.end != b.end ? a.end > b.end : a.begin < b.begin; });
    for (const Found& found : all) {
      if (!reader.affords(found)) {
        out.too_long = true;
        return out;
      }
      Extracted one = reader.read(found);
      if (out.text.empty()) out.text = one.text;
      if (!one.value) continue;
      out.value = std::move(one.value);
      return out;
    }
  }
  return out;
}

}  // namespace millet::tasks::math
