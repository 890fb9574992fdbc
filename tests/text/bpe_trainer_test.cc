// Byte-pair encoding is learned as it is defined: by hand, by brute force, and as the reference merges of another
// project have it.
#include "millet/text/bpe_trainer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "millet/core/rng.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/text/byte_level.h"
#include "millet/text/tokenizer.h"
#include "tests/core/host_device.h"
#include "tests/core/test_data.h"

using namespace millet;
using namespace millet::text;

namespace {

using BytePair = std::pair<std::string, std::string>;
using Words = std::map<std::string, int64_t>;

WordCounts counts_of(const Words& words) {
  WordCounts counts;
  for (const auto& [word, count] : words) counts.add(word, count);
  return counts;
}

std::vector<BytePair> merges_of(const BpeMerges& learned) {
  std::vector<BytePair> merges;
  for (const auto& [left, right] : learned.merges)
    merges.emplace_back(learned.tokens.at(static_cast<size_t>(left)), learned.tokens.at(static_cast<size_t>(right)));
  return merges;
}

std::vector<BytePair> learn(const Words& words, int32_t tokens) {
  return merges_of(train_bpe(counts_of(words), {.tokens = tokens}));
}

// As the definition says, with no memory from merge to merge.
std::vector<BytePair> by_brute_force(const Words& words, size_t tokens, Ties ties = Ties::greater_bytes) {
  std::vector<std::pair<std::vector<std::string>, int64_t>> split;
  for (const auto& [word, count] : words) {
    split.emplace_back(std::vector<std::string>(), count);
    for (const char byte : word) split.back().first.emplace_back(1, byte);
  }
  std::map<std::string, uint32_t> order;  // of tokens, as `tokenizers` numbers them
  for (int byte = 0; byte < 256; ++byte)
    order[std::string(1, static_cast<char>(byte))] = byte_level_character(static_cast<uint8_t>(byte));
  std::vector<BytePair> merges;
  while (order.size() < tokens) {
    std::map<BytePair, int64_t> pairs;
    for (const auto& [word, count] : split) {
      for (size_t i = 0; i + 1 < word.size(); ++i) pairs[{word[i], word[i + 1]}] += count;
    }
    if (pairs.empty()) break;
    auto less = [&](const auto& x, const auto& y) {
      if (x.second != y.second) return x.second < y.second;
      if (ties == Ties::greater_bytes) return x.first < y.first;
      return std::pair(order[x.first.first], order[x.first.second]) >
             std::pair(order[y.first.first], order[y.first.second]);
    };
    const BytePair best = std::max_element(pairs.begin(), pairs.end(), less)->first;
    merges.push_back(best);
    order.try_emplace(best.first + best.second, 1000 + static_cast<uint32_t>(order.size()));
    for (auto& [word, count] : split) {
      std::vector<std::string> joined;
      for (size_t i = 0; i < word.size(); ++i) {
        joined.push_back(word[i]);
        if (i + 1 < word.size() && word[i] == best.first && word[i + 1] == best.second) joined.back() += word[++i];
      }
      word = joined;
    }
  }
  return merges;
}

// Few letters make pairs that overlap, and ties.
Words random_words(uint64_t seed, int64_t letters, int64_t longest) {
  Rng rng(seed, "words");
  Words words;
  for (int64_t n = 1 + rng.below(40); n > 0; --n) {
    std::string word;
    for (int64_t length = 1 + rng.below(longest); length > 0; --length)
      word += static_cast<char>(rng.below(4) == 0 ? 0xFE + rng.below(2) : 'a' + rng.below(letters));
    words[word] += 1 + rng.below(5);
  }
  return words;
}

const std::vector<std::string> kNoWords;

std::string read_all(const std::string& text, const Tokenizer& tokenizer) {
  return tokenizer.decode(tokenizer.encode(text));
}

}  // namespace

TEST_CASE("the example of Sennrich, Haddow and Birch, worked by hand with ties to the greater pair") {
  const Words words = {{"low", 5}, {"lower", 2}, {"newest", 6}, {"widest", 3}};
  const std::vector<BytePair> wanted = {{"s", "t"},   {"e", "st"},    {"o", "w"},     {"l", "ow"},
                                        {"w", "est"}, {"n", "e"},     {"ne", "west"}, {"w", "i"},
                                        {"wi", "d"},  {"wid", "est"}, {"low", "e"},   {"lowe", "r"}};
  CHECK(learn(words, 256 + 6) == std::vector<BytePair>(wanted.begin(), wanted.begin() + 6));
  CHECK(learn(words, 300) == wanted);  // then every word is one token
}

TEST_CASE("a pair that overlaps itself is joined from the left") {
  CHECK(learn({{"aaa", 1}}, 300) == std::vector<BytePair>{{"a", "a"}, {"aa", "a"}});
  CHECK(learn({{"aaaaa", 1}, {"b", 9}}, 300) == std::vector<BytePair>{{"a", "a"}, {"aa", "aa"}, {"aaaa", "a"}});
}

TEST_CASE("bytes are compared as unsigned numbers, the left token before the right") {
  CHECK(learn({{"a\xFF", 1}, {"az", 1}, {"\xC3\xA9", 1}}, 258) ==
        std::vector<BytePair>{{"\xC3", "\xA9"}, {"a", "\xFF"}});
}

TEST_CASE("the first 256 tokens are the bytes, and no merge is learned of a vocabulary of these alone") {
  const BpeMerges learned = train_bpe(counts_of({{"abab", 3}}), {.tokens = 256});
  REQUIRE(learned.tokens.size() == 256);
  CHECK(learned.tokens[0xE9] == "\xE9");
  CHECK(learned.merges.empty());
  CHECK(train_bpe({}, {.tokens = 1000}).tokens.size() == 256);
}

TEST_CASE("a vocabulary without room for the bytes, or beyond all measure, is refused") {
  CHECK_THROWS_AS(train_bpe({}, {.tokens = 255}), Error);
  CHECK_THROWS_AS(train_bpe({}, {.tokens = kMaxTokens + 1}), Error);
}

TEST_CASE("what is learned of random words is what brute force learns, whichever way ties go") {
  int64_t merges = 0;
  for (uint64_t seed = 0; seed < 120; ++seed) {
    const Words words = random_words(seed, 1 + static_cast<int64_t>(seed % 4), seed % 3 == 0 ? 40 : 9);
    const auto size = static_cast<int32_t>(256 + seed % 70);
    CAPTURE(seed);
    for (const Ties ties : {Ties::greater_bytes, Ties::lower_ids}) {
      const BpeMerges learned = train_bpe(counts_of(words), {.tokens = size, .ties = ties});
      CHECK(merges_of(learned) == by_brute_force(words, static_cast<size_t>(size), ties));
      merges += static_cast<int64_t>(learned.merges.size());
    }
  }
  CHECK(merges > 5'000);
}

TEST_CASE("a tokenizer is made of what was learned: bytes, merges, special tokens, words") {
  const BpeMerges learned = train_bpe(counts_of({{"low", 5}, {" low", 2}}), {.tokens = 258});
  const std::vector<std::string> specials = {"<pad>", "<bos>", "<eos>"};
  const std::vector<std::string> words = {"<think>"};
  const Tokenizer tokenizer =
      Tokenizer::trained(learned, PreTokenizer::byte_level_json(WordPattern::gpt2, false), specials, words);
  CHECK(tokenizer.kind() == "bpe");
  CHECK(tokenizer.vocab_size() == 262);
  CHECK(tokenizer.encode("low low") == std::vector<int32_t>{257, ' ', 257});
  CHECK(tokenizer.encode("<bos>low<think>", {.allow_special = true}) == std::vector<int32_t>{259, 257, 261});
  CHECK(tokenizer.bos() == 259);
  CHECK(tokenizer.eos() == 260);
  CHECK(tokenizer.pad() == 258);
  CHECK(tokenizer.added(259)->special);
  CHECK_FALSE(tokenizer.added(261)->special);
  CHECK(tokenizer.tokenizer_config_json().at("eos_token").as_string() == "<eos>");
  CHECK(read_all("Any \xE4\xB8\xAD text,  at\n\nall.", tokenizer) == "Any \xE4\xB8\xAD text,  at\n\nall.");
  CHECK_FALSE(Tokenizer::trained(learned, PreTokenizer::byte_level_json(WordPattern::gpt2, false), kNoWords).bos());
  const std::vector<std::string> twice = {"<x>", "<x>"};
  CHECK_THROWS_AS(Tokenizer::trained(learned, PreTokenizer::byte_level_json(WordPattern::gpt2, false), twice), Error);
}

TEST_CASE("corpus.en gives the reference merges in their order, and the reference vocabulary") {
  if (!tests::has_test_data("token_vectors/bpe_training")) return;
  const std::filesystem::path folder = tests::kTestData / "token_vectors/bpe_training";
  const std::string text = io::read_file(folder / "corpus.en");
  const std::string list = io::read_file(folder / "train-bpe-reference-merges.txt");
  std::vector<std::string> wanted;
  for (size_t at = 0; at < list.size();) {
    const size_t end = std::min(list.find('\n', at), list.size());
    if (end > at) wanted.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  REQUIRE(wanted.size() == 243);
  const io::Json pre_tokenizer = PreTokenizer::byte_level_json(WordPattern::gpt2, false);
  for (const int threads : {1, 3}) {
    HostDevice device;
    Context ctx(device, threads);
    WordCounter counter(PreTokenizer::read(&pre_tokenizer), {"<|endoftext|>"}, 4096);
    size_t at = 0;
    counter.count(ctx, [&](std::span<char> to) {
      const size_t size = std::min({to.size(), text.size() - at, size_t{10'000}});
      std::copy_n(text.begin() + static_cast<int64_t>(at), size, to.begin());
      at += size;
      return size;
    });
    const BpeMerges learned = train_bpe(counter.take(), {.tokens = 499});
    std::vector<std::string> merges;
    for (const auto& [left, right] : merges_of(learned))
      merges.push_back(to_byte_level(left) + " " + to_byte_level(right));
    CHECK(merges == wanted);
    std::set<std::string> tokens = {"<|endoftext|>"};
    for (const std::string& token : learned.tokens) tokens.insert(to_byte_level(token));
    std::set<std::string> vocabulary;
    const io::Json reference = io::read_json(folder / "train-bpe-reference-vocab.json");
    for (const auto& [token, id] : reference.members()) vocabulary.insert(token);
    CHECK(tokens == vocabulary);
  }
}
