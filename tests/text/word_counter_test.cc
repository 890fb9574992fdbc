// Words and their counts do not depend on how a text comes, where it is cut, and how many threads count.
#include "millet/text/word_counter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "millet/core/rng.h"
#include "tests/core/host_device.h"

using namespace millet;
using namespace millet::text;

namespace {

using Words = std::map<std::string, int64_t>;

struct Settings {
  WordPattern pattern = WordPattern::gpt2;
  bool digits = false;
  std::vector<std::string> marks;
  size_t stretch = WordCounter::kStretch;
  int threads = 1;
  size_t at_once = SIZE_MAX;  // bytes of a read
};

PreTokenizer pre_tokenizer(const Settings& settings) {
  const io::Json json = PreTokenizer::byte_level_json(settings.pattern, settings.digits);
  return PreTokenizer::read(&json);
}

WordCounter::Text count(WordCounter& counter, const std::string& text, const Settings& settings) {
  HostDevice device;
  Context ctx(device, settings.threads);
  size_t at = 0;
  return counter.count(ctx, [&](std::span<char> to) {
    const size_t size = std::min({to.size(), text.size() - at, settings.at_once});
    std::copy_n(text.begin() + static_cast<int64_t>(at), size, to.begin());
    at += size;
    return size;
  });
}

Words as_map(const WordCounts& counts) {
  Words words;
  counts.for_each([&](std::string_view word, int64_t n) { words[std::string(word)] += n; });
  return words;
}

Words words_of(const std::string& text, const Settings& settings = {}) {
  WordCounter counter(pre_tokenizer(settings), settings.marks, settings.stretch);
  count(counter, text, settings);
  return as_map(counter.take());
}

// Single spaces often enough for a cut in every stretch; white space of many kinds, letters and digits of several
// scripts, punctuation.
std::string random_text(uint64_t seed) {
  static const std::vector<std::string> kParts = {
      " ", " ",  " ",      "\n", "\n", "\r\n",   "\t",     "a",      "b", "'s",    "'S",     "1",    "23",
      "!", "--", "\u00e9", "中", "。", "\u3000", "\u00a0", "\u0301", "٣", "<eos>", "\u2028", "don't"};
  Rng rng(seed, "text");
  std::string text;
  for (int64_t n = rng.below(2000); n > 0; --n) text += kParts[static_cast<size_t>(rng.below(int64_t(kParts.size())))];
  return text;
}

}  // namespace

TEST_CASE("words are counted as the pattern cuts them") {
  CHECK(words_of("the cat, the  cat") == Words{{"the", 1}, {" cat", 2}, {",", 1}, {" the", 1}, {" ", 1}});
  CHECK(words_of("1234\n\n12", {.pattern = WordPattern::modern}) ==
        Words{{"123", 1}, {"4", 1}, {"\n\n", 1}, {"12", 1}});
  CHECK(words_of("x 12+1", {.digits = true}) == Words{{"x", 1}, {" ", 1}, {"1", 2}, {"2", 1}, {"+", 1}});
  CHECK(words_of("").empty());
}

TEST_CASE("a special token is no word and ends the ones beside it") {
  CHECK(words_of("ab<eos>ab<eo", {.marks = {"<eos>"}}) == Words{{"ab", 2}, {"<", 1}, {"eo", 1}});
  CHECK_THROWS_AS(WordCounter(PreTokenizer(), {"a b"}), Error);
  CHECK_THROWS_AS(WordCounter(PreTokenizer(), {""}), Error);
  CHECK_THROWS_AS(WordCounter(PreTokenizer(), {"<a>", "<a>"}), Error);
}

TEST_CASE("the counts are those of the whole text, however it is cut, read and shared among threads") {
  int64_t words = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const std::string text = random_text(seed);
    CAPTURE(seed);
    for (const WordPattern pattern : {WordPattern::gpt2, WordPattern::modern}) {
      for (const bool digits : {false, true}) {
        Settings settings{.pattern = pattern, .digits = digits, .marks = {"<eos>"}};
        const Words whole = words_of(text, settings);
        words += static_cast<int64_t>(whole.size());
        settings.stretch = 700;
        settings.threads = 3;
        settings.at_once = 137;
        CHECK(words_of(text, settings) == whole);
      }
    }
  }
  CHECK(words > 5'000);
}

TEST_CASE("a text without any place for a cut is cut between two characters") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "\u4e2d";
  const Words words = words_of(text, {.stretch = 7000});
  int64_t bytes = 0;
  for (const auto& [word, n] : words) {
    bytes += static_cast<int64_t>(word.size()) * n;
    CHECK(word.size() % 3 == 0);
  }
  CHECK(bytes == 15'000);
}

TEST_CASE("what is not UTF-8 is counted, named by its place and read as U+FFFD") {
  std::string text(3000, 'a');
  for (size_t at = 9; at < text.size(); at += 10) text[at] = ' ';
  text[2005] = '\xFF';
  text[2996] = '\xC3';
  const Settings settings{.stretch = 500, .at_once = 99};
  WordCounter counter(pre_tokenizer(settings), {}, settings.stretch);
  const WordCounter::Text told = count(counter, text, settings);
  CHECK(told.bytes == 3000);
  CHECK(told.invalid == 2);
  CHECK(told.first_invalid == 2005);
  const Words words = as_map(counter.take());
  CHECK(words.at("\xEF\xBF\xBD") == 2);
}

TEST_CASE("several texts are counted together, and none runs into the next") {
  WordCounter counter(pre_tokenizer({}), {});
  count(counter, "ab", {});
  count(counter, "ab", {});
  const WordCounts counts = counter.take();
  CHECK(as_map(counts) == Words{{"ab", 2}});
  CHECK(counts.size() == 1);
  CHECK(counts.total() == 2);
  CHECK(counts.letters() == 2);
}

TEST_CASE("many words are kept apart, and counts are added") {
  WordCounts counts;
  WordCounts more;
  for (int i = 0; i < 50'000; ++i) {
    counts.add(std::to_string(i));
    more.add(std::to_string(2 * i), 3);
  }
  counts.add(more);
  CHECK(counts.size() == 75'000);
  const Words words = as_map(counts);
  CHECK(words.at("7") == 1);
  CHECK(words.at("8") == 4);
  CHECK(words.at("99998") == 3);
}
