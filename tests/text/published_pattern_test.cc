#include "millet/text/published_pattern.h"

#include <doctest/doctest.h>

#include <chrono>
#include <iterator>
#include <string>

#include "millet/core/rng.h"
#include "millet/core/unicode.h"

using namespace millet;
using namespace millet::text;
using Matches = std::vector<Pattern::Match>;

namespace {

// DeepSeek-V2's, its letters shortened to ranges of each kind.
constexpr std::string_view kExpressions[] = {
    kGpt2Pattern,
    kLlama3Pattern,
    kQwen2Pattern,
    kDeepSeekV3Pattern,
    R"(\p{N}{1,3})",
    R"(\p{N})",
    R"(\s+$)",
    "[\r\n]",
    "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
    "\\s?[A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u0386\u0388-\u038a\U00010400-\U0001044F]+",
    "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+",
    "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+",
};

Matches matches_of(const Pattern& pattern, std::string_view text) {
  Matches matches;
  pattern.find_all(text, matches);
  return matches;
}

// The same expression as Oniguruma reads it: in brackets it is not known.
Pattern by_oniguruma(std::string_view expression) {
  const std::string in_brackets = "(?:" + std::string(expression) + ")";
  REQUIRE(published_pattern(in_brackets) == nullptr);
  return Pattern::regex(in_brackets);
}

// Texts of what the expressions look at: contractions, all kinds of white space and line breaks, letters, marks,
// digits, symbols, of one to four bytes.
std::string random_text(Rng& random) {
  static constexpr std::string_view kParts[] = {
      " ",          " ",          "  ",         "\n",         "\r",      "\r\n",   "\t",         "\u00a0",     "\u3000",
      "\u2028",     "\u0085",     "'s",         "'S",         "'\u017f", "'re",    "'VE",        "'lL",        "'l",
      "'",          "a",          "b",          "Z",          "\u00df",  "\u00e9", "\u4f60",     "\u3042",     "\uac00",
      "\U00010400", "1",          "23",         "\u0663",     "\u00bd",  "\u0301", "\u0903",     "\U000E0100", ".",
      ",",          "!",          "-",          "\uff01",     "\u3001",  "$",      "\U0001F600", "\u200d",     "\x01",
      "\x7f",       "\U00011F50", "\U0002EBF0", "\U000E0001", "^",
  };
  std::string text;
  for (int64_t left = random.below(24); left > 0; --left)
    text += kParts[random.below(static_cast<int64_t>(std::size(kParts)))];
  return text;
}

// Characters of one category, and of that before them: there is nothing to be seen that was not seen there.
bool all_alike(char32_t first, char32_t end) {
  if (first == 0) return false;
  const std::string_view category = unicode::general_category(first - 1);
  while (first < end && unicode::general_category(first) == category) ++first;
  return first == end;
}

}  // namespace

TEST_CASE("each expression finds what Oniguruma finds, in random texts") {
  Rng random(1, "texts");
  for (const std::string_view expression : kExpressions) {
    CAPTURE(expression);
    REQUIRE(published_pattern(expression) != nullptr);
    const Pattern ours = Pattern::regex(expression);
    const Pattern theirs = by_oniguruma(expression);
    int different = 0;
    for (int i = 0; i < 20'000 && different < 3; ++i) {
      const std::string text = random_text(random);
      if (matches_of(ours, text) == matches_of(theirs, text)) continue;
      ++different;
      CAPTURE(text);
      CHECK(matches_of(ours, text) == matches_of(theirs, text));
    }
  }
}

TEST_CASE("and around every character of Unicode") {
  for (const std::string_view expression : kExpressions) {
    CAPTURE(expression);
    const Pattern ours = Pattern::regex(expression);
    const Pattern theirs = by_oniguruma(expression);
    int different = 0;
    for (char32_t block = 0; block < 0x110000; block += 0x40) {
      if (all_alike(block, block + 0x40)) continue;
      std::string text;
      for (char32_t point = block; point < block + 0x40; ++point) {
        const std::string c = point >= 0xD800 && point < 0xE000 ? "?" : unicode::encode(point);
        text += c + "a" + c + " " + c + c + "1'" + c + "  " + c + "\n" + c;
      }
      different += matches_of(ours, text) == matches_of(theirs, text) ? 0 : 1;
    }
    CHECK(different == 0);
  }
}

TEST_CASE("long runs of anything take a moment") {
  for (const std::string_view expression : kExpressions) {
    CAPTURE(expression);
    const Pattern pattern = Pattern::regex(expression);
    for (const char* part :
         {" ", "a", "\n", " \n", "\t ", "'", "1", "\u0301", "\u3000", " \u3000", "'s", ".", "\u4f60"}) {
      std::string text;
      while (text.size() < 300'000) text += part;
      const auto start = std::chrono::steady_clock::now();
      matches_of(pattern, text);
      matches_of(pattern, text + "b");
      CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
    }
  }
}

TEST_CASE("other expressions are none of them") {
  for (const char* other : {"", "[", "[]", "[]+", "a+", "[a", "[^a]+", "[\\d]+", "[a-]", "[-a]", "[a&&b]", "[z-a]",
                            "[[:alpha:]]", "[a]*", "\\s?", "\\s?a+", "[a]+b", "\\p{N}{1,2}", "\\p{L}+"})
    CHECK(published_pattern(other) == nullptr);
}
