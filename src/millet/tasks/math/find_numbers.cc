// Numbers and arithmetic in a text: "= 1,234.5", "$100", "3 + 4".
#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
#include <utility>

#include "millet/tasks/math/places.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kNone = std::u32string_view::npos;
constexpr size_t kMaxChoices = 64;  // ways to end a number that are tried where the longest does not do

constexpr std::u32string_view kCurrencies =
    U"$€£¥₹₽₪₩₫฿₡₢₣₤₥₦₧₨₭₮₯₰₱₲₳₴₵₶₷₸₺₻₼₾₿";
constexpr std::u32string_view kOperators = U"+-*×/^()÷";

class NumberFinder {
 public:
  explicit NumberFinder(const Searched& searched)
      : searched_(searched), text_(searched.text()), language_(searched.language()) {}

  // All ways to read arithmetic or a number from here, the preferred first. `with`: which of the two.
  void choices(size_t at, bool arithmetic, bool numbers, std::vector<Found>& out) const {
    const size_t before = out.size();
    const Prefixes begins = prefixes(at);
    for (const size_t begin : begins) {
      if (arithmetic) arithmetic_at(begin, out);
    }
    if (numbers && out.size() - before < kMaxChoices) {
      for (const size_t begin : begins) {
        if (is_currency(this->at(begin))) numbers_at(begin + 1, out);
        numbers_at(begin, out);
      }
    }
    for (size_t i = before; i < out.size(); ++i) out[i].begin = at;
  }

  size_t past_blanks(size_t i) const { return searched_.past_blanks(i); }
  char32_t at(size_t i) const { return i < text_.size() ? text_[i] : U'\0'; }

 private:
  bool one_of(std::u32string_view list, char32_t c) const { return c != U'\0' && list.find(c) != kNone; }

  struct Prefixes {
    size_t count = 0;
    std::array<size_t, 6> at;  // of which so many are set
    const size_t* begin() const { return at.data(); }
    const size_t* end() const { return at.data() + count; }
  };

  static bool is_currency(char32_t c) { return c < 0x80 ? c == U'$' : kCurrencies.find(c) != kNone; }
  static bool may_begin(char32_t c) { return is_digit(c) || c == U'-' || c == U'(' || c == U'.' || is_currency(c); }

  // The start of the text, a blank or an equals sign, and stars; where no spaces are written, nothing at all.
  Prefixes prefixes(size_t i) const {
    Prefixes out;
    const auto add = [&](size_t begin) {
      const char32_t c = this->at(begin);
      if (c == U'*' && this->at(begin + 1) == U'*') out.at[out.count++] = begin + 2;
      if (may_begin(c)) out.at[out.count++] = begin;
    };
    if (i == 0) add(0);
    if (i < text_.size() && (is_blank(text_[i]) || text_[i] == U'=')) add(i + 1);
    if (i > 0 && language_ != nullptr && !language_->spaces) add(i);
    return out;
  }

  // What may follow arithmetic: its end.
  size_t suffix(size_t i) const {
    const auto ends = [&](size_t k) {
      if (k == text_.size() || (k + 1 == text_.size() && text_[k] == U'\n')) return k;
      const char32_t c = text_[k];
      const bool sign = c == U'.' || c == U',' || c == U':' || c == U')' || c == U'$' || is_blank(c);
      if (sign || (language_ != nullptr &&
                   (one_of(language_->full_stop, c) || one_of(language_->comma, c) || one_of(language_->colon, c)))) {
        return k + 1;
      }
      return language_ != nullptr && !language_->spaces ? k : kNone;
    };
    if (text_.substr(i, 2) == U"**") {
      const size_t after = ends(i + 2);
      if (after != kNone) return after;
    }
    return ends(i);
  }

  bool is_arithmetic(char32_t c) const {
    return is_digit(c) || c == U'.' || is_blank(c) || (c != U'\0' && kOperators.find(c) != kNone);
  }

  // Where characters of arithmetic end, and the first sign among them: looked for once for all places of a run.
  size_t run_end(size_t from) const {
    if (from < run_from_ || from > run_end_) {
      run_from_ = run_end_ = from;
      while (run_end_ < text_.size() && is_arithmetic(text_[run_end_])) ++run_end_;
      operator_ = from;
      operator_from_ = from + 1;
    }
    return run_end_;
  }

  size_t next_operator(size_t from, size_t end) const {
    if (from < operator_from_ || from > operator_) {
      operator_from_ = operator_ = from;
      while (operator_ < end && kOperators.find(text_[operator_]) == kNone) ++operator_;
    }
    return operator_ < end ? operator_ : kNone;
  }

  void arithmetic_at(size_t begin, std::vector<Found>& out) const {
    size_t first = begin;
    if (at(first) == U'-') ++first;
    if (at(first) == U'(') ++first;
    if (at(first) == U'-') ++first;
    if (!is_digit(at(first))) return;
    const size_t end = run_end(first + 1);
    const size_t op = next_operator(first + 1, end);
    if (op == kNone) return;
    for (size_t e = end; e >= op + 2 && out.size() < kMaxChoices; --e) {
      for (const size_t closed : {at(e) == U')' ? e + 1 : kNone, e}) {
        if (closed == kNone) continue;
        const size_t after = suffix(closed);
        if (after == kNone) continue;
        Found found;
        found.what = Found::What::arithmetic;
        found.from = begin;
        found.to = closed;
        found.end = after;
        out.push_back(found);
      }
    }
  }

  size_t digits(size_t i) const {
    while (is_digit(at(i))) ++i;
    return i;
  }

  void push_number(size_t from, size_t decimal, size_t to, std::vector<Found>& out) const {
    Found found;
    found.what = Found::What::number;
    found.from = from;
    found.decimal = decimal;
    found.to = to;
    const size_t sign = past_blanks(to);
    for (const std::u32string_view word : {U"%", U"Percent", U"percent", U"Pct", U"pct"}) {
      if (text_.substr(sign, word.size()) != word) continue;
      found.percent = true;
      found.end = sign + word.size();
      out.push_back(found);
      found.percent = false;
      break;
    }
    found.end = to;
    out.push_back(found);
  }

  // 1,234.56 or 1 234.56; 12.5 or 12,5; .5; 12: in this order, the longest first.
  void numbers_at(size_t from, std::vector<Found>& out) const {
    if (language_ == nullptr && from > 0 && is_digit(text_[from - 1])) return;
    const size_t first = at(from) == U'-' ? from + 1 : from;
    const size_t whole = digits(first);
    if (whole > first) {
      if (language_ != nullptr || text_[first] != U'0') {
        for (size_t head = std::min(whole, first + 3); head > first; --head) {
          size_t end = head;
          std::vector<size_t> ends;
          while ((at(end) == U' ' || at(end) == U',') && is_digit(at(end + 1)) && is_digit(at(end + 2)) &&
                 is_digit(at(end + 3))) {
            end += 4;
            ends.push_back(end);
          }
          for (size_t i = ends.size(); i-- > 0 && out.size() < kMaxChoices;) {
            if (at(ends[i]) == U'.' && is_digit(at(ends[i] + 1))) push_number(from, ends[i], digits(ends[i] + 1), out);
            push_number(from, ends[i], ends[i], out);
          }
        }
      }
      if ((at(whole) == U'.' || at(whole) == U',') && is_digit(at(whole + 1))) {
        for (size_t end = digits(whole + 1); end > whole + 1 && out.size() < kMaxChoices; --end) {
          push_number(from, whole, end, out);
        }
      }
    }
    if (at(from) == U'.' && is_digit(at(from + 1))) {
      for (size_t end = digits(from + 1); end > from + 1 && out.size() < kMaxChoices; --end) {
        push_number(from, from, end, out);
      }
    }
    for (size_t end = whole; end > first && out.size() < kMaxChoices; --end) push_number(from, end, end, out);
  }

  const Searched& searched_;
  std::u32string_view text_;
  const Language* language_;
  mutable size_t run_from_ = 1, run_end_ = 0, operator_from_ = 1, operator_ = 0;
};

using Choices = std::vector<Found>;

}  // namespace

std::vector<Found> find_numbers(const Searched& searched, int priority) {
  const std::u32string_view text = searched.text();
  const Language* language = searched.language();
  const NumberFinder finder(searched);
  Choices choices;
  // The first choice that `fits` accepts; it may move the end.
  const auto first = [&](size_t at, auto fits) -> std::optional<Found> {
    choices.clear();
    finder.choices(at, true, true, choices);
    for (Found& found : choices) {
      if (fits(found)) return found;
    }
    return std::nullopt;
  };
  // Behind blanks, or with the last of them; before that one a number has none to begin with.
  const auto behind_blanks = [&](size_t from, auto read) {
    const size_t begin = finder.past_blanks(from);
    std::optional<Found> found = read(begin);
    if (!found && begin > from) found = read(begin - 1);
    return found;
  };
  const auto no_equals = [&](const Found& found) { return finder.at(finder.past_blanks(found.end)) != U'='; };
  const auto hopeful = [&](Found& found) {
    size_t at = found.end;
    if (finder.at(at) == U'.') ++at;
    if (is_blank(finder.at(at))) ++at;
    if (text.substr(at, 6) != U"I hope") return false;
    found.end = at + 6;
    return true;
  };
  const size_t answer = language == nullptr ? 6 : language->answer.size();
  switch (priority) {
    case 0:
      if (language != nullptr) return {};
      return each(searched.final_answers_are(), [&](size_t start) -> std::optional<Found> {
        size_t at = start + 15;
        if (finder.at(at) == U':') ++at;
        return behind_blanks(at, [&](size_t begin) { return first(begin, hopeful); });
      });
    case 50:
      if (language != nullptr) return {};
      return each(searched.final_answers(), [&](size_t start) -> std::optional<Found> {
        for (size_t k = 0; k <= 100; ++k) {
          const size_t blanks = start + 12 + k;
          if (blanks >= text.size() || (k > 0 && text[blanks - 1] == U'\n')) break;
          if (!is_blank(text[blanks])) continue;
          size_t at = finder.past_blanks(blanks);
          if (text.substr(at, 2) != U"is") continue;
          at += 2;
          if (finder.at(at) == U':') ++at;
          if (auto found = first(at, [](Found&) { return true; })) return found;
        }
        return std::nullopt;
      });
    case 100:
    case 200: {
      // Many answers may stand near each other: what starts nothing behind one of them is not tried for the next.
      size_t tried = 0, tried_equals = 0, line_end = 0;
      std::vector<size_t> equals;
      for (size_t at = 0; (at = text.find(U'=', at)) != kNone; ++at) equals.push_back(at);
      const auto start_of = [&](size_t begin) { return first(begin, no_equals); };
      return each(searched.answers(), [&](size_t start) -> std::optional<Found> {
        size_t at = start + answer;
        if (priority == 100) {
          const char32_t colon = finder.at(at);
          if (colon != U':' && (language == nullptr || colon == U'\0' || language->colon.find(colon) == kNone)) {
            return std::nullopt;
          }
          ++at;
        }
        if (line_end < at) line_end = std::min(text.find(U'\n', at), text.size());
        const size_t end = std::min(line_end, at + 100);
        const size_t least = std::exchange(tried_equals, std::max(tried_equals, end + 1));
        for (auto sign = std::upper_bound(equals.begin(), equals.end(), end); sign != equals.begin();) {
          if (*--sign < std::max(at, least)) break;
          if (auto found = behind_blanks(*sign + 1, start_of)) return found;
        }
        for (; tried = std::max(tried, at), tried <= std::min(end, at + 50); ++tried) {
          if (auto found = start_of(tried)) return found;
        }
        return std::nullopt;
      });
    }
    case 300: {
      const auto all = std::views::iota(size_t{0}, text.size());
      const auto read = [&](bool arithmetic) {
        return each(all, [&](size_t at) -> std::optional<Found> {
          choices.clear();
          finder.choices(at, arithmetic, !arithmetic, choices);
          if (choices.empty()) return std::nullopt;
          return std::move(choices[0]);
        });
      };
      std::vector<Found> out = read(true);
      for (Found& number : read(false)) out.push_back(std::move(number));
      return out;
    }
    default:
      return {};
  }
}

}  // namespace millet::tasks::math
