#include "millet/data/text_source.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::data;

namespace {

// Tokens that tell their own position.
class Positions final : public TokenStore {
 public:
  explicit Positions(size_t size) : size_(size) {}
  size_t size() const override { return size_; }
  void copy(size_t begin, std::span<int32_t> to) const override {
    for (size_t i = 0; i < to.size(); ++i) to[i] = static_cast<int32_t>(begin + i);
  }

 private:
  size_t size_;
};

std::shared_ptr<const Corpus> counting(size_t tokens, int64_t context) {
  auto corpus = std::make_shared<Corpus>();
  corpus->name = "test";
  corpus->tokens = std::make_unique<Positions>(tokens);
  corpus->token_bytes.assign(tokens, 3);
  divide(*corpus, std::vector<size_t>{tokens}, {}, false, context);
  return corpus;
}

}  // namespace

TEST_CASE("a training window is consecutive text, and every token but the first is scored") {
  const TextWindows windows(counting(1000, 16), 16, 1, "a");
  for (uint64_t i = 0; i < 200; ++i) {
    const Example e = windows.at(i);
    REQUIRE(e.tokens.size() == 17);
    CHECK(e.tokens.front() >= 0);
    CHECK(e.tokens.back() < 900);
    for (size_t t = 1; t < 17; ++t) CHECK(e.tokens[t] == e.tokens[t - 1] + 1);
    CHECK(e.scored[0] == 0);
    CHECK(std::count(e.scored.begin(), e.scored.end(), 1) == 16);
  }
}

TEST_CASE("within an epoch no token is a target twice, and nearly all are one") {
  for (const int64_t context : {1, 7, 16, 64}) {
    const TextWindows windows(counting(5000, context), context, 3, "a");
    for (uint64_t epoch = 0; epoch < 3; ++epoch) {
      std::set<int32_t> targets;
      for (uint64_t i = 0; i < windows.windows_per_epoch(); ++i) {
        const Example e = windows.at(epoch * windows.windows_per_epoch() + i);
        for (size_t t = 1; t < e.tokens.size(); ++t) CHECK(targets.insert(e.tokens[t]).second);
      }
      // Left out is less than two windows at the ends, other ones in each epoch.
      CHECK(static_cast<int64_t>(targets.size()) > 4499 - 2 * context);
    }
  }
}

TEST_CASE("each epoch cuts the text elsewhere and goes through it in another order") {
  const TextWindows windows(counting(50'000, 64), 64, 3, "a");
  std::set<int32_t> phases;
  std::set<int32_t> first_places;
  for (uint64_t epoch = 0; epoch < 40; ++epoch) {
    const int32_t begin = windows.at(epoch * windows.windows_per_epoch()).tokens[0];
    phases.insert(begin % 64);
    first_places.insert(begin / 64);
  }
  CHECK(phases.size() > 20);
  CHECK(first_places.size() > 35);
}

TEST_CASE("over many epochs every training token becomes a target") {
  const TextWindows windows(counting(400, 16), 16, 3, "a");
  std::map<int32_t, int> targets;
  for (uint64_t i = 0; i < 200 * windows.windows_per_epoch(); ++i) {
    const Example e = windows.at(i);
    for (size_t t = 1; t < e.tokens.size(); ++t) targets[e.tokens[t]]++;
  }
  CHECK(targets.size() == 359);  // all of 360 but the first, which nothing foretells
}

TEST_CASE("an index gives the same window whenever it is asked for, and another seed or name another one") {
  const auto corpus = counting(50'000, 64);
  const TextWindows a(corpus, 64, 1, "a");
  const TextWindows again(corpus, 64, 1, "a");
  for (uint64_t i = 0; i < 50; ++i) a.at(i);
  CHECK(a.at(1234).tokens == again.at(1234).tokens);
  int same_seed = 0;
  int same_name = 0;
  for (uint64_t i = 0; i < 100; ++i) {
    same_seed += a.at(i).tokens == TextWindows(corpus, 64, 2, "a").at(i).tokens ? 1 : 0;
    same_name += a.at(i).tokens == TextWindows(corpus, 64, 1, "b").at(i).tokens ? 1 : 0;
  }
  CHECK(same_seed < 5);
  CHECK(same_name < 5);
}

TEST_CASE("validation covers the last tenth once, token by token") {
  for (const size_t tokens : {100u, 1000u, 1001u, 1009u, 1283u, 1290u}) {
    for (const int64_t context : {1, 7, 16, 64}) {
      const auto corpus = counting(tokens, context);
      const ValidationWindows windows(corpus, context);
      std::vector<int32_t> targets;
      for (uint64_t i = 0; i < *windows.size(); ++i) {
        const Example e = windows.at(i);
        CHECK(e.rows() >= 1);
        CHECK(e.rows() <= context);
        CHECK(e.scored[0] == 0);
        CHECK(e.bytes == 3 * e.rows());
        for (size_t t = 1; t < e.tokens.size(); ++t) {
          CHECK(e.scored[t] == 1);
          CHECK(e.tokens[t] == e.tokens[t - 1] + 1);
          targets.push_back(e.tokens[t]);
        }
      }
      std::vector<int32_t> expected;
      for (size_t i = tokens - corpus->validation.size() + 1; i < tokens; ++i)
        expected.push_back(static_cast<int32_t>(i));
      CHECK(targets == expected);
      CHECK_THROWS_AS(windows.at(*windows.size()), Error);
    }
  }
}

TEST_CASE("the shortest text that is taken has one training window and something to validate") {
  const auto corpus = counting(20, 17);  // 18 to train on, 2 to validate
  const TextWindows windows(corpus, 17, 1, "a");
  CHECK(windows.windows_per_epoch() == 1);
  CHECK(windows.at(5).tokens.front() == 0);
  CHECK(windows.at(5).tokens.back() == 17);
  CHECK(*ValidationWindows(corpus, 17).size() == 1);
  CHECK_THROWS_WITH_AS(counting(20, 18), doctest::Contains("test is too short"), Error);
  CHECK_THROWS_AS(counting(10, 4), Error);  // one token is left to validate: it has no target
}
