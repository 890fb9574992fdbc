// Letters of multiple choice in a text: "the answer is (C)", "**B**.", "D" at its start or end.
#include <algorithm>
#include <optional>
#include <ranges>

#include "millet/tasks/math/places.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kNone = std::u32string_view::npos;

class LetterFinder {
 public:
  LetterFinder(std::u32string_view text, const Language* language, int choices, std::u32string_view letters)
      : text_(text), language_(language), choices_(choices), letters_(letters) {}

  // A or (A) from here.
  std::optional<Found> letter(size_t i) const {
    const bool open = at(i) == U'(';
    const size_t from = open ? i + 1 : i;
    const size_t to = option_end(from);
    if (to == from || (open && at(to) != U')')) return std::nullopt;
    Found found;
    found.what = Found::What::letter;
    found.begin = i;
    found.from = from;
    found.to = to;
    found.end = open ? to + 1 : to;
    return found;
  }

  // **A** with what ends a word behind it.
  std::optional<Found> ended(size_t i) const {
    for (const size_t begin : {starred(i) ? i + 2 : kNone, i}) {
      if (begin == kNone) continue;
      std::optional<Found> found = letter(begin);
      if (!found) continue;
      for (const size_t after : {starred(found->end) ? found->end + 2 : kNone, found->end}) {
        if (after == kNone) continue;
        const size_t end = suffix(after);
        if (end == kNone) continue;
        found->end = end;
        return found;
      }
    }
    return std::nullopt;
  }

  // The same behind a space or at the start.
  std::optional<Found> word(size_t i) const {
    if (at(i) == U' ') {
      if (auto found = ended(i + 1)) return found;
    }
    if (i == 0 || spaceless()) return ended(i);
    return std::nullopt;
  }

  bool colon(size_t i) const {
    const char32_t c = at(i);
    return c == U':' || (language_ != nullptr && c != U'\0' && language_->colon.find(c) != kNone);
  }

  char32_t at(size_t i) const { return i < text_.size() ? text_[i] : U'\0'; }

 private:
  // Behind the letter that stands here; where none does, the place itself.
  size_t option_end(size_t i) const {
    std::u32string_view rest = letters_;
    if (rest.empty()) return at(i) >= U'A' && at(i) < U'A' + static_cast<char32_t>(choices_) ? i + 1 : i;
    for (int n = 0; n < choices_ && !rest.empty(); ++n) {
      const std::u32string_view one = rest.substr(0, rest.find(U' '));
      if (i < text_.size() && text_.substr(i, one.size()) == one) return i + one.size();
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    }
    return i;
  }

  bool spaceless() const { return language_ != nullptr && !language_->spaces; }
  bool starred(size_t i) const { return text_.substr(i < text_.size() ? i : text_.size(), 2) == U"**"; }

  size_t suffix(size_t i) const {
    const char32_t c = at(i);
    if (i == text_.size() || (i + 1 == text_.size() && c == U'\n')) return i;
    if (c == U'.' || c == U',') return i + 1;
    if (language_ != nullptr && (language_->full_stop.find(c) != kNone || language_->comma.find(c) != kNone)) {
      return i + 1;
    }
    if (is_blank(c) && colon(i + 1)) return i + 2;
    if (colon(i) || c == U' ') return i + 1;
    return spaceless() ? i : kNone;
  }

  std::u32string_view text_;
  const Language* language_;
  int choices_;
  std::u32string_view letters_;  // empty: A, B, C …
};

}  // namespace

std::vector<Found> find_letters(const Searched& searched, int priority, int choices, std::u32string_view letters) {
  const std::u32string_view text = searched.text();
  const Language* language = searched.language();
  const LetterFinder finder(text, language, choices, letters);
  const size_t answer = language == nullptr ? 6 : language->answer.size();
  const auto past_blanks = [&](size_t at) { return searched.past_blanks(at); };
  const auto all = std::views::iota(size_t{0}, text.size());
  switch (priority) {
    case 0:
      if (language != nullptr) return {};
      return each(searched.final_answers_are(), [&](size_t start) -> std::optional<Found> {
        size_t at = start + 15;
        if (finder.at(at) == U':') ++at;
        std::optional<Found> found = finder.letter(past_blanks(at));
        if (!found) return std::nullopt;
        at = found->end;
        if (finder.at(at) == U'.') ++at;
        if (is_blank(finder.at(at))) ++at;
        if (text.substr(std::min(at, text.size()), 6) != U"I hope") return std::nullopt;
        found->end = at + 6;
        return found;
      });
    case 50:
      if (language != nullptr) return {};
      return each(searched.final_answers(), [&](size_t start) -> std::optional<Found> {
        for (size_t k = 0; k <= 100 && start + 12 + k < text.size(); ++k) {
          const size_t blanks = start + 12 + k;
          if (k > 0 && text[blanks - 1] == U'\n') break;
          if (!is_blank(text[blanks])) continue;
          size_t at = past_blanks(blanks);
          if (text.substr(at, 2) != U"is") continue;
          at += 2;
          if (finder.at(at) == U':') ++at;
          if (auto found = finder.letter(past_blanks(at))) return found;
        }
        return std::nullopt;
      });
    case 100:
    case 150:
      return each(searched.answers(), [&](size_t start) -> std::optional<Found> {
        size_t at = start + answer;
        if (priority == 100) {
          if (is_blank(finder.at(at))) ++at;
          if (!finder.colon(at)) return std::nullopt;
          ++at;
        }
        for (size_t k = 0; k <= 50 && at + k <= text.size(); ++k) {
          if (auto found = finder.word(at + k)) return found;
          if (finder.at(at + k) == U'\n') break;
        }
        return std::nullopt;
      });
    case 200: {
      std::vector<Found> out;
      if (auto found = finder.ended(0)) out.push_back(*found);
      return out;
    }
    case 210:
      return each(all, [&](size_t start) -> std::optional<Found> {
        return text[start] == U'\n' ? finder.ended(start + 1) : std::nullopt;
      });
    case 250:
      return each(all, [&](size_t start) { return finder.word(start); });
    case 300:
      return each(all, [&](size_t start) { return finder.letter(start); });
    default:
      return {};
  }
}

}  // namespace millet::tasks::math
