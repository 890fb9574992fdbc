#include "millet/text/word_cache.h"

#include <doctest/doctest.h>

#include <string>

using namespace millet::text;
using Ids = std::vector<int32_t>;

static Ids found(const WordCache& cache, std::string_view word) {
  const auto ids = cache.find(word);
  return ids ? Ids(ids->begin(), ids->end()) : Ids{-1};
}

TEST_CASE("a word that was put is found, and no other") {
  WordCache cache;
  CHECK(found(cache, "a") == Ids{-1});
  cache.put("a", Ids{1, 2});
  cache.put("b", Ids{});
  cache.put("a", Ids{1, 2});
  CHECK(found(cache, "a") == Ids{1, 2});
  CHECK(found(cache, "b").empty());
  CHECK(found(cache, "ab") == Ids{-1});
  CHECK(cache.words() == 2);
}

TEST_CASE("long words are not kept, and a full cache begins anew") {
  WordCache cache;
  cache.put(std::string(WordCache::kLongestWord + 1, 'a'), Ids{1});
  CHECK(cache.words() == 0);
  for (int i = 0; i < 200'000; ++i) cache.put(std::to_string(i), Ids{i});
  CHECK(cache.words() < 200'000);
  CHECK(found(cache, "199999") == Ids{199'999});
  CHECK(found(cache, "0") == Ids{-1});
}
