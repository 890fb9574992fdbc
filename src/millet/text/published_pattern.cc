#include "millet/text/published_pattern.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "millet/text/character_class.h"
#include "millet/text/utf8.h"

namespace millet::text {
namespace {

using namespace character_class;

// A text and places in it. Each function that is named after a piece of an expression says where the longest match of
// the piece ends that begins at `at`, which is `at` itself where none does.
class Reader {
 public:
  Reader(const CharacterClasses& classes, std::string_view text) : classes_(classes), text_(text) {}

  size_t size() const { return text_.size(); }
  char byte(size_t at) const { return text_[at]; }
  ClassedCharacter character(size_t at) const { return classes_.at(text_, at); }  // at < size()
  bool is(size_t at, unsigned classes) const { return at < size() && character(at).is(classes); }

  // [classes]*
  size_t run(size_t at, unsigned classes) const {
    while (at < size()) {
      const ClassedCharacter c = character(at);
      if (!c.is(classes)) break;
      at += c.bytes;
    }
    return at;
  }

  // [^classes]*
  size_t run_of_others(size_t at, unsigned classes) const {
    while (at < size()) {
      const ClassedCharacter c = character(at);
      if (c.is(classes)) break;
      at += c.bytes;
    }
    return at;
  }

  // 's|'t|'re|'ve|'m|'ll|'d. In any case: S may be the long ſ, too.
  size_t contraction(size_t at, bool any_case) const {
    if (byte(at) != '\'') return at;
    const auto letter = [&](size_t i) {
      const char c = i < size() ? byte(i) : '\0';
      return any_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    };
    const char first = letter(at + 1);
    const char second = letter(at + 2);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 2;
    if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') || (first == 'l' && second == 'l'))
      return at + 3;
    return any_case && text_.substr(at + 1, 2) == "\u017f" ? at + 3 : at;
  }

  // \s*[\r\n]+|\s+(?!\S)|\s+, or only the last two of these. A run of white space ends with its last line break; where
  // it has none, its last character is left to the word behind it, unless it is all of the run.
  size_t spaces(size_t at, bool breaks_end_it) const {
    size_t end = at;
    size_t last = at;
    size_t behind_break = at;
    while (end < size()) {
      const ClassedCharacter c = character(end);
      if (!c.is(kSpace)) break;
      last = end;
      end += c.bytes;
      if (c.is(kBreak)) behind_break = end;
    }
    if (breaks_end_it && behind_break > at) return behind_break;
    return end == size() || last == at ? end : last;
  }

 private:
  const CharacterClasses& classes_;
  std::string_view text_;
};

size_t gpt2(const Reader& text, size_t at) {
  if (const size_t end = text.contraction(at, false); end > at) return end;
  const size_t word = text.byte(at) == ' ' ? at + 1 : at;
  if (word < text.size()) {
    const ClassedCharacter c = text.character(word);
    if (c.is(kLetter)) return text.run(word + c.bytes, kLetter);
    if (c.is(kNumber)) return text.run(word + c.bytes, kNumber);
    if (!c.is(kSpace)) return text.run_of_others(word + c.bytes, kSpace | kLetter | kNumber);
  }
  return text.spaces(at, false);
}

template <int digits>
size_t numbers(const Reader& text, size_t at) {
  for (int i = 0; i < digits && text.is(at, kNumber); ++i) at += text.character(at).bytes;
  return at;
}

template <int digits>
size_t llama3(const Reader& text, size_t at) {
  if (const size_t end = text.contraction(at, true); end > at) return end;
  const ClassedCharacter c = text.character(at);
  if (c.is(kLetter)) return text.run(at + c.bytes, kLetter);
  if (c.is(kNumber)) return numbers<digits>(text, at);
  if (!c.is(kBreak) && text.is(at + c.bytes, kLetter)) return text.run(at + c.bytes, kLetter);
  const size_t word = c.point == ' ' ? at + 1 : at;
  const size_t end = text.run_of_others(word, kSpace | kLetter | kNumber);
  return end > word ? text.run(end, kBreak) : text.spaces(at, true);
}

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t deepseek_v3(const Reader& text, size_t at) {
  const ClassedCharacter c = text.character(at);
  if (c.point < 0x80 && c.is(kPunctuation | kSymbol)) {
    size_t end = at + 1;
    while (end < text.size() && is_ascii_letter(text.byte(end))) ++end;
    if (end > at + 1) return end;
  }
  if (c.is(kLetter | kMark)) return text.run(at + c.bytes, kLetter | kMark);
  if (!c.is(kBreak | kPunctuation | kSymbol) && text.is(at + c.bytes, kLetter | kMark))
    return text.run(at + c.bytes, kLetter | kMark);
  const size_t word = c.point == ' ' ? at + 1 : at;
  const size_t end = text.run(word, kPunctuation | kSymbol);
  return end > word ? text.run(end, kBreak) : text.spaces(at, true);
}

// \s+$: white space up to the end of the text, or up to its last place before a \n.
size_t spaces_at_end(const Reader& text, size_t at) {
  size_t end = at;
  size_t found = at;
  while (text.is(end, kSpace)) {
    if (text.byte(end) == '\n') found = end;
    end += text.character(end).bytes;
  }
  return end == text.size() ? end : found;
}

// One function at each place, from left to right.
template <class Matcher>
FindAll everywhere(Matcher matcher) {
  return [classes = CharacterClasses(), matcher](std::string_view text, std::vector<Pattern::Match>& matches) {
    const Reader reader(classes, text);
    for (size_t at = 0; at < text.size();) {
      const size_t end = matcher(reader, at);
      if (end > at) {
        matches.push_back({at, end});
        at = end;
      } else {
        at += reader.character(at).bytes;
      }
    }
  };
}

// A run of white space without a match has none at any of its places.
void find_spaces_at_end(const CharacterClasses& classes, std::string_view text, std::vector<Pattern::Match>& matches) {
  const Reader reader(classes, text);
  for (size_t at = 0; at < text.size();) {
    if (!reader.is(at, kSpace)) {
      at += reader.character(at).bytes;
      continue;
    }
    const size_t end = spaces_at_end(reader, at);
    if (end > at) matches.push_back({at, end});
    at = end > at ? end : reader.run(at, kSpace);
  }
}

// \s?[…]+ or a part of it.
struct Set {
  bool space_before = false;
  bool repeats = false;
  std::vector<std::pair<char32_t, char32_t>> ranges;  // sorted
  std::array<bool, 128> ascii{};

  bool has(char32_t point) const {
    if (point < 128) return ascii[point];
    const auto range = std::lower_bound(ranges.begin(), ranges.end(), point,
                                        [](const auto& r, char32_t wanted) { return r.second < wanted; });
    return range != ranges.end() && range->first <= point;
  }

  // NOTE: white space that is of the set itself may be either; the match is the same.
  size_t operator()(const Reader& text, size_t at) const {
    size_t end = at;
    if (space_before) {
      const ClassedCharacter c = text.character(at);
      if (c.is(kSpace) && in(text, at + c.bytes)) end = at + c.bytes;
    }
    if (!in(text, end)) return at;
    do end += text.character(end).bytes;
    while (repeats && in(text, end));
    return end;
  }

 private:
  bool in(const Reader& text, size_t at) const { return at < text.size() && has(text.character(at).point); }
};

// Nothing where the expression is more than that.
std::optional<Set> read_set(std::string_view expression) {
  Set set;
  if (expression.starts_with(R"(\s?)")) {
    set.space_before = true;
    expression.remove_prefix(3);
  }
  if (!expression.starts_with('[') || expression.starts_with("[^")) return std::nullopt;
  expression.remove_prefix(1);
  if (expression.ends_with('+')) {
    set.repeats = true;
    expression.remove_suffix(1);
  }
  if (expression.size() < 2 || !expression.ends_with(']')) return std::nullopt;
  expression.remove_suffix(1);
  // A character that stands for itself.
  auto plain = [&](size_t& at) -> std::optional<char32_t> {
    if (at >= expression.size()) return std::nullopt;
    const Utf8Character c = utf8_at(expression, at);
    if (!c.valid || c.point == U'\\' || c.point == U'[' || c.point == U']' || c.point == U'-' || c.point == U'&')
      return std::nullopt;
    at += c.bytes;
    return c.point;
  };
  for (size_t at = 0; at < expression.size();) {
    const auto first = plain(at);
    if (!first) return std::nullopt;
    auto last = first;
    if (at < expression.size() && expression[at] == '-') last = plain(++at);
    if (!last || *last < *first) return std::nullopt;
    set.ranges.emplace_back(*first, *last);
  }
  std::sort(set.ranges.begin(), set.ranges.end());
  std::vector<std::pair<char32_t, char32_t>> merged;
  for (const auto& range : set.ranges) {
    if (!merged.empty() && range.first <= merged.back().second) {
      merged.back().second = std::max(merged.back().second, range.second);
    } else {
      merged.push_back(range);
    }
    for (char32_t c = range.first; c <= range.second && c < 128; ++c) set.ascii[c] = true;
  }
  set.ranges = std::move(merged);
  return set;
}

}  // namespace

FindAll published_pattern(std::string_view expression) {
  if (expression == kGpt2Pattern) return everywhere(gpt2);
  if (expression == kLlama3Pattern) return everywhere(llama3<3>);
  if (expression == kQwen2Pattern) return everywhere(llama3<1>);
  if (expression == kDeepSeekV3Pattern) return everywhere(deepseek_v3);
  if (expression == R"(\p{N}{1,3})") return everywhere(numbers<3>);
  if (expression == R"(\p{N})") return everywhere(numbers<1>);
  if (expression == R"(\s+$)") {
    return [classes = CharacterClasses()](std::string_view text, std::vector<Pattern::Match>& matches) {
      find_spaces_at_end(classes, text, matches);
    };
  }
  if (auto set = read_set(expression)) return everywhere(*std::move(set));
  return nullptr;
}

}  // namespace millet::text
