// The letter that a text chooses: "answer: B", "**B**." at its start, or B between spaces.
#include <algorithm>
#include <optional>

#include "millet/tasks/math/places.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kNowhere = std::u32string_view::npos;

struct Choice {
  char32_t letter = 0;
  size_t end = 0;
};

class OptionFinder {
 public:
  OptionFinder(std::u32string_view text, int choices) : text_(text), choices_(choices) {}

  char32_t at(size_t i) const { return i < text_.size() ? text_[i] : U'\0'; }

  std::optional<Choice> bare(size_t i) const {
    const char32_t c = at(i);
    if (c < U'A' || c >= U'A' + static_cast<char32_t>(choices_)) return std::nullopt;
    return Choice{c, i + 1};
  }

  // With a sign that ends a word behind it, both perhaps between stars.
  std::optional<Choice> ended(size_t i) const {
    for (const size_t begin : {starred(i) ? i + 2 : kNowhere, i}) {
      if (begin == kNowhere) continue;
      auto choice = bare(begin);
      if (!choice) continue;
      for (const size_t after : {starred(choice->end) ? choice->end + 2 : kNowhere, choice->end}) {
        if (after == kNowhere) continue;
        const char32_t c = at(after);
        const bool last = after == text_.size() || (after + 1 == text_.size() && c == U'\n');
        if (!last && c != U'.' && c != U',' && c != U':' && !is_blank(c)) continue;
        choice->end = last ? after : after + 1;
        return choice;
      }
    }
    return std::nullopt;
  }

  // As a word: behind a blank, or at the start of the text.
  std::optional<Choice> word(size_t i) const {
    if (i == 0) {
      if (auto choice = ended(0)) return choice;
    }
    return i < text_.size() && is_blank(text_[i]) ? ended(i + 1) : std::nullopt;
  }

  size_t past_blanks(size_t i) const {
    while (i < text_.size() && is_blank(text_[i])) ++i;
    return i;
  }

  // "final answer is B. I hope"
  std::optional<Choice> hoped(size_t i) const {
    auto choice = bare(past_blanks(at(i) == U':' ? i + 1 : i));
    if (!choice) return std::nullopt;
    size_t end = choice->end;
    if (at(end) == U'.') ++end;
    if (is_blank(at(end))) ++end;
    if (text_.substr(std::min(end, text_.size()), 6) != U"I hope") return std::nullopt;
    choice->end = end + 6;
    return choice;
  }

  // … is B, at most a hundred characters further
  std::optional<Choice> said(size_t i) const {
    for (size_t k = 0; k <= 100 && i + k < text_.size(); ++k) {
      if (k > 0 && text_[i + k - 1] == U'\n') break;
      if (!is_blank(text_[i + k])) continue;
      size_t to = past_blanks(i + k);
      if (text_.substr(to, 2) != U"is") {
        if (text_.substr(i + k, to - i - k).find(U'\n') != kNowhere) break;
        k = to - i - 1;  // the blanks between lead to the same place
        continue;
      }
      to += 2;
      if (auto choice = bare(past_blanks(at(to) == U':' ? to + 1 : to))) return choice;
    }
    return std::nullopt;
  }

  std::optional<Choice> within_fifty(size_t i) const {
    for (size_t k = 0; k <= 50 && i + k <= text_.size(); ++k) {
      if (auto choice = word(i + k)) return choice;
      if (at(i + k) == U'\n') break;
    }
    return std::nullopt;
  }

  // The one that ends last of those found from these places, none overlapping the one before.
  template <class Read>
  std::optional<char> last_of(const std::vector<size_t>& places, Read read) const {
    std::optional<char> out;
    size_t free = 0;
    for (const size_t place : places) {
      if (place < free) continue;
      const std::optional<Choice> choice = read(place);
      if (!choice) continue;
      free = choice->end;
      out = static_cast<char>(choice->letter);
    }
    return out;
  }

 private:
  bool starred(size_t i) const { return text_.substr(std::min(i, text_.size()), 2) == U"**"; }

  std::u32string_view text_;
  int choices_;
};

}  // namespace

std::optional<char> option_letter(std::u32string_view text, int choices) {
  const OptionFinder finder(text, choices);
  if (auto found =
          finder.last_of(all_words(text, U"final answer is"), [&](size_t i) { return finder.hoped(i + 15); })) {
    return found;
  }
  if (auto found = finder.last_of(all_words(text, U"final answer"), [&](size_t i) { return finder.said(i + 12); })) {
    return found;
  }
  const std::vector<size_t> answers = all_words(text, U"answer");
  const auto behind_colon = [&](size_t i) {
    return finder.at(i + 6) == U':' ? finder.within_fifty(i + 7) : std::nullopt;
  };
  if (auto found = finder.last_of(answers, behind_colon)) return found;
  if (auto found = finder.last_of(answers, [&](size_t i) { return finder.within_fifty(i + 6); })) return found;
  if (auto found = finder.last_of({0}, [&](size_t i) { return finder.ended(i); })) return found;
  std::vector<size_t> all(text.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  return finder.last_of(all, [&](size_t i) { return finder.word(i); });
}

}  // namespace millet::tasks::math
