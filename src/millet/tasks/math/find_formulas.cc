// Formulas in a text: between dollars and brackets, in boxes, and plain fractions; up to six joined by "and" or commas.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "millet/tasks/math/places.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kNone = std::u32string_view::npos;
constexpr int kMoreFormulas = 5;

// Where a word stands in a text: looked for once, however often and from wherever it is asked.
class Occurrences {
 public:
  Occurrences(std::u32string_view text, std::u32string_view word) : text_(text), word_(word) {}

  size_t next(size_t from) {
    if (!looked_) {
      for (size_t at = 0; (at = text_.find(word_, at)) != kNone; ++at) places_.push_back(static_cast<uint32_t>(at));
      looked_ = true;
    }
    const auto found = std::lower_bound(places_.begin(), places_.end(), from);
    return found == places_.end() ? kNone : *found;
  }

 private:
  std::u32string_view text_, word_;
  bool looked_ = false;
  std::vector<uint32_t> places_;
};

class FormulaFinder {
 public:
  explicit FormulaFinder(const Searched& searched)
      : searched_(searched), text_(searched.text()), language_(searched.language()) {}

  // One to six formulas from here, as many as there are; `boxed`: only such with a box in them.
  std::optional<Found> joined(size_t at, bool boxed, int at_most = kMoreFormulas) {
    std::optional<Found> first = one(at, boxed);
    if (!first) return std::nullopt;
    Found out = std::move(*first);
    for (int i = 0; i < at_most; ++i) {
      const size_t before = out.end;
      size_t next = past_blanks(before);
      const size_t words[] = {joining_word(next, true), joining_word(next, false)};
      std::optional<Found> another;
      for (const size_t after : words) {
        if (after == kNone || another) continue;
        const size_t begin = past_blanks(after);
        another = one(begin, boxed);
        if (!another && begin > after) another = one(begin - 1, boxed);  // \s[x]\s needs its blank
      }
      if (!another) {
        if (boxed) out.end = past_blanks(before);
        continue;
      }
      out.formulas.push_back(another->formulas[0]);
      out.end = another->end;
    }
    out.begin = at;
    return out;
  }

  size_t past_blanks(size_t at) const { return searched_.past_blanks(at); }

 private:
  char32_t at(size_t i) const { return i < text_.size() ? text_[i] : U'\0'; }
  bool has(size_t i, std::u32string_view word) const { return text_.substr(i, word.size()) == word; }
  bool escaped(size_t i) const { return i > 0 && text_[i - 1] == U'\\'; }

  // The end of ",and", "and", ",or", "or"; or of a comma alone.
  size_t joining_word(size_t i, bool word) const {
    if (!word) return at(i) == U',' ? i + 1 : kNone;
    const size_t from = language_ == nullptr && at(i) == U',' ? i + 1 : i;
    const std::u32string_view both[] = {language_ == nullptr ? U"and" : language_->and_word,
                                        language_ == nullptr ? U"or" : language_->or_word};
    for (const std::u32string_view w : both) {
      if (!w.empty() && has(from, w)) return from + w.size();
    }
    return kNone;
  }

  bool has_box(size_t begin, size_t end) {
    const size_t box = boxes_.next(begin);
    if (box == kNone || box + 8 >= end) return false;
    const size_t brace = braces_.next(box + 8);
    return brace != kNone && brace < end;
  }

  std::optional<Found> with_contents(size_t begin, size_t end, size_t after, bool boxed) {
    if (end <= begin || (boxed && !has_box(begin, end))) return std::nullopt;
    Found out;
    out.what = Found::What::formulas;
    out.end = past_blanks(after);
    Formula formula{begin, end, false, false};
    for (const std::u32string_view sign : {U"\\%", U"%", U"Percent", U"percent", U"Pct", U"pct"}) {
      if (!has(out.end, sign)) continue;
      out.end += sign.size();
      formula.percent = true;
      break;
    }
    out.formulas.push_back(formula);
    return out;
  }

  std::optional<Found> one(size_t i, bool boxed) {
    const char32_t c = at(i);
    if (c == U'$' && !escaped(i)) {
      if (auto found = display_dollars(i, boxed)) return found;
      if (i > 0 && is_digit(text_[i - 1])) return std::nullopt;
      return dollars(i, boxed);
    }
    if (c == U'\\' && !escaped(i) && at(i + 1) == U'[') return bracketed(i, boxed);
    if (c == U'\\' && !escaped(i) && at(i + 1) == U'(') {
      if (auto found = parenthesised(i, boxed)) return found;
    }
    if (is_blank(c) && at(i + 1) == U'[') return plain_brackets(i, boxed);
    if (!boxed && (c == U'\\' || c == U'-')) return fraction(i);
    return std::nullopt;
  }

  std::optional<Found> display_dollars(size_t i, bool boxed) {
    if (!has(i, U"$$")) return std::nullopt;
    const size_t begin = i + 2;
    if (begin >= text_.size() || has(begin, U"$$")) return std::nullopt;
    const size_t end = dollars_.next(begin + 1);
    if (end == kNone || escaped(end)) return std::nullopt;
    return with_contents(begin, end, end + 2, boxed);
  }

  std::optional<Found> dollars(size_t i, bool boxed) {
    for (size_t end = i + 1; end < text_.size() && text_[end] != U'\n'; ++end) {
      if (text_[end] != U'$' || escaped(end)) continue;
      return with_contents(i + 1, end, end + 1, boxed);
    }
    return std::nullopt;
  }

  std::optional<Found> bracketed(size_t i, bool boxed) {
    if (has(i + 2, U"\\]")) return std::nullopt;
    const size_t end = brackets_.next(i + 3);
    if (end == kNone || escaped(end)) return std::nullopt;
    return with_contents(i + 2, end, end + 2, boxed);
  }

  std::optional<Found> parenthesised(size_t i, bool boxed) {
    if (has(i + 2, U"\\)")) return std::nullopt;
    const size_t end = parentheses_.next(i + 3);
    if (end == kNone || escaped(end)) return std::nullopt;
    const size_t line = lines_.next(i + 2);
    if (line < end) return std::nullopt;
    return with_contents(i + 2, end, end + 2, boxed);
  }

  std::optional<Found> plain_brackets(size_t i, bool boxed) {
    size_t end = i + 2;
    while (end < text_.size() && text_[end] != U'\n' && text_[end] != U'[' && text_[end] != U']') ++end;
    if (at(end) != U']' || end + 1 >= text_.size() || !is_blank(text_[end + 1])) return std::nullopt;
    return with_contents(i + 2, end, end + 2, boxed);
  }

  // -\frac{1.5}{2}
  std::optional<Found> fraction(size_t i) {
    size_t end = at(i) == U'-' ? i + 1 : i;
    if (!has(end, U"\\frac")) return std::nullopt;
    end += 5;
    for (int part = 0; part < 2; ++part) {
      if (at(end) != U'{') return std::nullopt;
      ++end;
      if (at(end) == U'-') ++end;
      const size_t digits = end;
      while (is_digit(at(end))) ++end;
      if (end == digits) return std::nullopt;
      if ((at(end) == U'.' || at(end) == U',') && is_digit(at(end + 1))) {
        ++end;
        while (is_digit(at(end))) ++end;
      }
      if (at(end) != U'}') return std::nullopt;
      ++end;
    }
    return with_contents(i, end, end, false);
  }

  const Searched& searched_;
  std::u32string_view text_;
  const Language* language_;
  Occurrences boxes_{text_, U"\\boxed{"}, braces_{text_, U"}"}, dollars_{text_, U"$$"};
  Occurrences brackets_{text_, U"\\]"}, parentheses_{text_, U"\\)"}, lines_{text_, U"\n"};
};

std::vector<size_t> possible_starts(std::u32string_view text) {
  std::vector<size_t> out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    const char32_t next = i + 1 < text.size() ? text[i + 1] : U'\0';
    if (c == U'$' || (c == U'\\' && (next == U'[' || next == U'(' || next == U'f')) || (c == U'-' && next == U'\\') ||
        (next == U'[' && is_blank(c))) {
      out.push_back(i);
    }
  }
  return out;
}

// "I hope" follows, after a full stop or not.
size_t hope_after(std::u32string_view text, size_t at) {
  if (at < text.size() && text[at] == U'.') ++at;
  if (at < text.size() && is_blank(text[at])) ++at;
  return text.substr(at, 6) == U"I hope" ? at + 6 : kNone;
}

}  // namespace

std::vector<Found> find_formulas(const Searched& searched, int priority) {
  FormulaFinder finder(searched);
  const std::u32string_view text = searched.text();
  const Language* other = searched.language();
  const size_t answer = other == nullptr ? 6 : other->answer.size();
  switch (priority) {
    case 0:
      if (other != nullptr) return {};
      return each(searched.final_answers_are(), [&](size_t start) -> std::optional<Found> {
        size_t at = start + 15;
        if (at < text.size() && text[at] == U':') ++at;
        const size_t begin = finder.past_blanks(at);
        for (int more = kMoreFormulas; more >= 0; --more) {
          std::optional<Found> found = finder.joined(begin, false, more);
          if (!found && begin > at) found = finder.joined(begin - 1, false, more);
          if (!found) return std::nullopt;
          const size_t end = hope_after(text, found->end);
          if (end == kNone) continue;
          found->end = end;
          return found;
        }
        return std::nullopt;
      });
    case 50: {
      std::vector<Found> out;
      if (other == nullptr) {
        out = each(searched.final_answers(), [&](size_t start) -> std::optional<Found> {
          for (size_t k = 0; k <= 100; ++k) {
            const size_t blanks = start + 12 + k;
            if (blanks >= text.size()) break;
            if (!is_blank(text[blanks])) continue;
            size_t at = finder.past_blanks(blanks);
            if (text.substr(at, 2) != U"is") continue;
            at += 2;
            if (at < text.size() && text[at] == U':') ++at;
            const size_t begin = finder.past_blanks(at);
            std::optional<Found> found = finder.joined(begin, false);
            if (!found && begin > at) found = finder.joined(begin - 1, false);
            if (found) return found;
          }
          return std::nullopt;
        });
      }
      for (Found& found : each(possible_starts(text), [&](size_t start) { return finder.joined(start, true); })) {
        out.push_back(std::move(found));
      }
      const size_t first = text.find(U"\\boxed{");
      const size_t last = text.rfind(U'}');
      if (first != kNone && last != kNone && last > first + 7) {
        Found found;
        found.what = Found::What::formulas;
        found.begin = first;
        found.end = last + 1;
        found.formulas.push_back({first, last + 1, false, true});
        out.push_back(std::move(found));
      }
      return out;
    }
    case 100:
    case 200: {
      size_t tried = 0;  // what is before starts nothing: many answers may stand near each other
      return each(searched.answers(), [&](size_t start) -> std::optional<Found> {
        size_t at = start + answer;
        if (priority == 100) {
          const char32_t colon = at < text.size() ? text[at] : U'\0';
          if (colon != U':' && (other == nullptr || other->colon.find(colon) == kNone)) return std::nullopt;
          ++at;
        }
        for (const size_t end = std::min(at + 51, text.size()); tried = std::max(tried, at), tried < end; ++tried) {
          if (std::optional<Found> found = finder.joined(tried, false)) return found;
        }
        return std::nullopt;
      });
    }
    case 300:
      return each(possible_starts(text), [&](size_t start) { return finder.joined(start, false); });
    default:
      return {};
  }
}

}  // namespace millet::tasks::math
