#include "millet/text/bpe.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "millet/core/error.h"
#include "millet/core/rng.h"

using namespace millet;
using namespace millet::text;
using Ids = std::vector<int32_t>;
using Vocabulary = std::vector<std::pair<std::string, int32_t>>;
using Merges = std::vector<std::pair<std::string_view, std::string_view>>;

namespace {

const Vocabulary kVocabulary = {{"a", 0},  {"b", 1},   {"c", 2},  {"ab", 3},
                                {"bc", 4}, {"abc", 5}, {"aa", 6}, {"<unk>", 7}};
const Merges kMerges = {{"b", "c"}, {"a", "bc"}, {"a", "b"}, {"a", "a"}};

Ids encoded(const Bpe& bpe, std::string_view word, bool marks = true) {
  Ids ids;
  bpe.encode(word, marks, ids);
  return ids;
}

// The definition: as long as any pair merges, the leftmost of the lowest rank does.
Ids by_definition(std::string_view word, const Merges& merges, const Vocabulary& vocabulary) {
  std::vector<std::string> parts;
  for (const char c : word) parts.emplace_back(1, c);
  for (;;) {
    size_t best = merges.size();
    size_t place = 0;
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      for (size_t rank = 0; rank < best; ++rank) {
        if (merges[rank].first == parts[i] && merges[rank].second == parts[i + 1]) {
          best = rank;
          place = i;
        }
      }
    }
    if (best == merges.size()) break;
    parts[place] += parts[place + 1];
    parts.erase(parts.begin() + static_cast<int64_t>(place) + 1);
  }
  Ids ids;
  for (const std::string& part : parts) {
    ids.push_back(
        std::find_if(vocabulary.begin(), vocabulary.end(), [&](const auto& t) { return t.first == part; })->second);
  }
  return ids;
}

}  // namespace

TEST_CASE("pairs merge by rank, and from left to right where ranks are the same") {
  const Bpe bpe(kVocabulary, kMerges, {.unk_token = "<unk>"});
  CHECK(encoded(bpe, "abc") == Ids{5});
  CHECK(encoded(bpe, "aabc") == Ids{0, 5});
  CHECK(encoded(bpe, "aaaa") == Ids{6, 6});
  CHECK(encoded(bpe, "aaaaa") == Ids{6, 6, 0});
  CHECK(encoded(bpe, "abab") == Ids{3, 3});
  CHECK(encoded(bpe, "").empty());
}

TEST_CASE("an unknown character is the unknown token, one each or one for all, or nothing") {
  CHECK(encoded(Bpe(kVocabulary, kMerges, {.unk_token = "<unk>"}), "axxb") == Ids{0, 7, 7, 1});
  const Bpe fused(kVocabulary, kMerges, {.fuse_unk = true, .unk_token = "<unk>"});
  CHECK(encoded(fused, "axxb") == Ids{0, 7, 1});
  CHECK(encoded(fused, "x\u00e9x") == Ids{7});
  CHECK(encoded(fused, "xabcx") == Ids{7, 5, 7});
  const Bpe none(kVocabulary, kMerges, {});
  CHECK(encoded(none, "axxb") == Ids{3});  // what stands beside a gap merges over it, as in the tokenizers library
  CHECK(encoded(none, "axbc") == Ids{5});
}

TEST_CASE("a whole word is taken before any merge where merges are ignored") {
  const Bpe bpe(kVocabulary, {{"a", "a"}}, {.ignore_merges = true});
  CHECK(encoded(bpe, "abc") == Ids{5});
  CHECK(encoded(bpe, "abcabc") == Ids{0, 1, 2, 0, 1, 2});
  CHECK(encoded(bpe, "aab") == Ids{6, 1});
}

TEST_CASE("a character falls back to its bytes where all of them are there") {
  const Bpe bpe({{"a", 0}, {"<0xC3>", 1}, {"<0xA9>", 2}, {"<unk>", 3}, {"<0x0A>", 4}}, {},
                {.byte_fallback = true, .unk_token = "<unk>"});
  CHECK(encoded(bpe,
                "a\u00e9"
                "a") == Ids{0, 1, 2, 0});
  CHECK(encoded(bpe,
                "x\u00e9"
                "a") == Ids{1, 2, 3, 0});  // the unknown one waits, as in the tokenizers library
  CHECK(encoded(bpe, "xx\u00e9") == Ids{3, 1, 2, 3});
  CHECK(encoded(bpe, "\u20ac\n") == Ids{4, 3});
}

TEST_CASE("words of bytes are spelled in GPT-2's characters, and bytes without a token are left out") {
  const Bpe bpe({{"\u0120", 0}, {"a", 1}, {"\u0120a", 2}, {"\u00c3", 3}}, {{"\u0120", "a"}}, {.byte_level = true});
  CHECK(encoded(bpe, " a") == Ids{2});
  CHECK(encoded(bpe, "\u00e9 a") == Ids{3, 2});
  CHECK(encoded(bpe, "\xFF").empty());
  CHECK(bpe.id_of("\u0120a") == 2);
  CHECK(bpe.size() == 4);
  CHECK(bpe.merges() == std::vector<std::pair<int32_t, int32_t>>{{0, 1}});
}

TEST_CASE("no mark comes of joining characters where that is not wanted") {
  const Bpe merged({{"<", 0}, {"s", 1}, {">", 2}, {"<s", 3}, {"<s>", 4}}, {{"<", "s"}, {"<s", ">"}}, {}, {4});
  CHECK(merged.can_make_marks());
  CHECK(encoded(merged, "<s>", true) == Ids{4});
  CHECK(encoded(merged, "<s>", false) == Ids{3, 2});
  const Bpe whole({{"<", 0}, {"s", 1}, {">", 2}, {"<s>", 4}}, {}, {.ignore_merges = true}, {4});
  CHECK(encoded(whole, "<s>", true) == Ids{4});
  CHECK(encoded(whole, "<s>", false) == Ids{0, 1, 2});
  CHECK_FALSE(Bpe({{"a", 0}, {"<s>", 1}}, {}, {}, {1}).can_make_marks());
}

TEST_CASE("short and long words, merges at random: as the definition says") {
  Rng rng(3, "test");
  for (int round = 0; round < 60; ++round) {
    Vocabulary vocabulary = {{"a", 0}, {"b", 1}, {"c", 2}};
    std::vector<std::pair<std::string, std::string>> pairs;
    for (int i = 0; i < 25; ++i) {
      const std::string left =
          vocabulary[static_cast<size_t>(rng.below(static_cast<int64_t>(vocabulary.size())))].first;
      const std::string right =
          vocabulary[static_cast<size_t>(rng.below(static_cast<int64_t>(vocabulary.size())))].first;
      if (std::find(pairs.begin(), pairs.end(), std::pair(left, right)) != pairs.end()) continue;
      pairs.emplace_back(left, right);
      const std::string joined = left + right;
      if (std::none_of(vocabulary.begin(), vocabulary.end(), [&](const auto& t) { return t.first == joined; }))
        vocabulary.emplace_back(joined, static_cast<int32_t>(vocabulary.size()));
    }
    const Merges merges(pairs.begin(), pairs.end());
    const Bpe bpe(vocabulary, merges, {});
    for (const int64_t most : {12, 40, 60, 300}) {
      std::string word;
      for (int64_t n = rng.below(most); n > 0; --n) word += static_cast<char>('a' + rng.below(3));
      CAPTURE(word);
      CHECK(encoded(bpe, word) == by_definition(word, merges, vocabulary));
    }
  }
}

TEST_CASE("a word of a megabyte takes a moment") {
  const Bpe bpe(kVocabulary, kMerges, {});
  CHECK(encoded(bpe, std::string(1 << 20, 'a')).size() == 1 << 19);
}

TEST_CASE("what does not fit together is refused") {
  auto refused = [](const Vocabulary& vocabulary, const Merges& merges, const BpeOptions& options, const char* with) {
    CHECK_THROWS_WITH_AS(Bpe(vocabulary, merges, options), doctest::Contains(with), Error);
  };
  refused({{"a", 0}, {"b", 0}}, {}, {}, "have the same id");
  refused({{"a", 0}, {"a", 1}}, {}, {}, "is there twice");
  refused({{"a", 0}, {"b", 1}}, {{"a", "b"}}, {}, "merge 0 joins 'a' and 'b': the vocabulary has no token 'ab'");
  refused({{"a", 0}}, {}, {.unk_token = "?"}, "unk_token '?'");
  refused({{"a", 0}}, {}, {.byte_level = true, .byte_fallback = true}, "byte_fallback");
}
