#include "millet/data/near_duplicates.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "millet/core/rng.h"

using namespace millet;
using namespace millet::data;

namespace {

// Two sets of `size` hashes with `shared` in common.
std::pair<std::vector<uint64_t>, std::vector<uint64_t>> sets(size_t size, size_t shared, uint64_t seed) {
  Rng rng(seed, "sets");
  std::vector<uint64_t> a, b;
  const auto draw = [&] { return uint64_t{rng.bits()} << 32 | rng.bits(); };
  for (size_t i = 0; i < size; ++i) {
    a.push_back(draw());
    b.push_back(i < shared ? a.back() : draw());
  }
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return {a, b};
}

}  // namespace

TEST_CASE("case, composition and white space make no difference") {
  CHECK(normalised("  Caf\xC3\x89\t\n au\xC2\xA0 LAIT ") == "caf\xC3\xA9 au lait");
  CHECK(normalised("cafe\xCC\x81") == "caf\xC3\xA9");
  CHECK(normalised(" \n ").empty());
}

TEST_CASE("shingles are five words, or five characters where a script has no spaces") {
  CHECK(shingles_of("a b c d e f").size() == 2);
  CHECK(shingles_of("a b c d e").size() == 1);
  CHECK(shingles_of("a b").size() == 1);
  CHECK(shingles_of("").empty());
  CHECK(shingles_of("a b").front() != shingles_of("a c").front());
  CHECK(shingles_of("x x x x x x x x").size() == 1);
  const std::string poem = "\u5e8a\u524d\u660e\u6708\u5149 \u7591\u662f\u5730\u4e0a\u971c";
  CHECK(shingles_of(poem).size() == 6);
  std::string joined = poem;
  joined.erase(joined.find(' '), 1);
  CHECK(shingles_of(poem) == shingles_of(joined));
}

TEST_CASE("Jaccard similarity is that of the sets") {
  const std::vector<uint64_t> a{1, 2, 3, 4}, b{3, 4, 5}, none;
  CHECK(jaccard(a, b) == 2.0 / 5);
  CHECK(jaccard(a, a) == 1);
  CHECK(jaccard(a, none) == 0);
  CHECK(jaccard(none, none) == 1);
}

TEST_CASE("signatures agree as often as the sets do") {
  for (const size_t shared : {0u, 200u, 400u, 480u}) {
    double agree = 0, want = 0;
    constexpr int kPairs = 40;
    for (uint64_t seed = 0; seed < kPairs; ++seed) {
      const auto [a, b] = sets(500, shared, seed);
      const Signature x = min_hash(a), y = min_hash(b);
      for (size_t i = 0; i < kPermutations; ++i) agree += x[i] == y[i] ? 1 : 0;
      want += jaccard(a, b);
    }
    CHECK(agree / kPermutations / kPairs == doctest::Approx(want / kPairs).epsilon(0.03));
  }
}

TEST_CASE("a pair at the threshold is seldom missed, by the fewest false candidates that allows") {
  for (const double threshold : {0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0}) {
    const Bands b = bands_for(threshold);
    CAPTURE(threshold);
    CHECK(b.bands * b.rows <= kPermutations);
    CHECK(std::pow(1 - std::pow(threshold, b.rows), b.bands) <= 0.005);
  }
  CHECK(bands_for(0.8).rows == 6);
  CHECK(bands_for(0.8).bands == 21);
}

TEST_CASE("the index finds what shares a band, most bands first, and grows") {
  BandIndex index(bands_for(0.8));
  int found = 0, first = 0;
  std::vector<Signature> others;
  for (uint32_t i = 0; i < 500; ++i) {
    const auto [a, b] = sets(400, 360, i);  // Jaccard 0.818
    index.add(i, min_hash(a));
    others.push_back(min_hash(b));
  }
  int strangers = 0;
  for (uint32_t i = 0; i < 500; ++i) {
    const auto candidates = index.candidates(others[i]);
    const auto at = std::find_if(candidates.begin(), candidates.end(), [&](const auto& c) { return c.document == i; });
    found += at != candidates.end() ? 1 : 0;
    first += at == candidates.begin() && at != candidates.end() ? 1 : 0;
    strangers += static_cast<int>(candidates.size()) - (at != candidates.end() ? 1 : 0);
  }
  CHECK(found >= 494);
  CHECK(first >= 494);
  CHECK(strangers == 0);
}

TEST_CASE("of one value of a band only so many documents are kept") {
  BandIndex index(bands_for(0.8));
  const auto [a, b] = sets(100, 100, 1);
  for (uint32_t i = 0; i < 1000; ++i) index.add(i, min_hash(a));
  const auto candidates = index.candidates(min_hash(b));
  CHECK(candidates.size() == BandIndex::kMostAlike);
  CHECK(candidates.front().document == 0);
}
