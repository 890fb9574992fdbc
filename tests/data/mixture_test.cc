#include "millet/data/mixture.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <vector>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::data;

namespace {

// Example i of source n is {n, i}.
class Counting final : public Source {
 public:
  explicit Counting(int32_t name) : name_(name) {}
  Example at(uint64_t index) const override {
    return {.tokens = {name_, static_cast<int32_t>(index)}, .scored = {0, 1}};
  }

 private:
  int32_t name_;
};

Mixture mixture(const std::vector<double>& shares, uint64_t seed = 1) {
  std::vector<Mixture::Part> parts;
  for (size_t i = 0; i < shares.size(); ++i)
    parts.push_back({.share = shares[i], .source = std::make_unique<Counting>(static_cast<int32_t>(i))});
  return Mixture(std::move(parts), seed);
}

}  // namespace

TEST_CASE("each source is walked through from the start without a gap or a repetition") {
  const Mixture m = mixture({0.5, 0.3, 0.15, 0.05});
  std::map<int32_t, std::set<int32_t>> seen;
  constexpr uint64_t kBlocks = 20;
  for (uint64_t i = 0; i < kBlocks * Mixture::kBlock; ++i) {
    const Example e = m.at(i);
    CHECK(seen[e.tokens[0]].insert(e.tokens[1]).second);
  }
  for (const auto& [source, indices] : seen) {
    CHECK(*indices.begin() == 0);
    CHECK(*indices.rbegin() == static_cast<int32_t>(indices.size()) - 1);
  }
}

TEST_CASE("shares are met to the example, however odd they are") {
  for (const std::vector<double>& shares :
       {std::vector<double>{1, 1}, std::vector<double>{1, 2, 4}, std::vector<double>{0.7, 0.2999, 0.0001},
        std::vector<double>{3}, std::vector<double>{1, 0, 1}}) {
    const Mixture m = mixture(shares);
    double sum = 0;
    for (const double share : shares) sum += share;
    std::vector<int> counts(shares.size());
    constexpr uint64_t kCount = 50 * Mixture::kBlock;
    for (uint64_t i = 0; i < kCount; ++i) counts.at(m.place_of(i).part)++;
    for (size_t i = 0; i < shares.size(); ++i) {
      CHECK(counts[i] >= kCount * shares[i] / sum - 1);
      CHECK(counts[i] <= kCount * shares[i] / sum + 1);
    }
  }
}

TEST_CASE("sources are mixed at random inside a block") {
  const Mixture m = mixture({1, 1});
  // Of two fair sources, the number of changes from one to the other is half the number of examples.
  int changes = 0;
  for (uint64_t i = 1; i < 10'000; ++i) changes += m.place_of(i).part != m.place_of(i - 1).part ? 1 : 0;
  CHECK(changes == doctest::Approx(5000).epsilon(0.06));
}

TEST_CASE("an index has the same place whenever it is asked for, and another under another seed") {
  const Mixture a = mixture({1, 2});
  const Mixture b = mixture({1, 2});
  const Mixture c = mixture({1, 2}, 2);
  int same = 0;
  for (uint64_t i = 5000; i < 6000; ++i) {
    CHECK(a.place_of(i).index == b.place_of(i).index);
    same += a.place_of(i).index == c.place_of(i).index ? 1 : 0;
  }
  CHECK(same < 50);
}

TEST_CASE("shares that are negative or come to nothing are refused") {
  CHECK_THROWS_WITH_AS(mixture({1, -0.5}), doctest::Contains("is -0.5"), Error);
  CHECK_THROWS_WITH_AS(mixture({0, 0}), doctest::Contains("sum to 0"), Error);
  CHECK_THROWS_AS(mixture({}), Error);
}
