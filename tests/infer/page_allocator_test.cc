#include "millet/infer/page_allocator.h"

#include <doctest/doctest.h>

#include <deque>

#include "millet/core/error.h"
#include "millet/core/rng.h"

using namespace millet;
using namespace millet::infer;

TEST_CASE("a page returns when the last sequence that holds it lets go") {
  PageAllocator allocator(4);
  Pages first(allocator);
  REQUIRE(first.grow(3));
  {
    Pages second(allocator);
    second.share(first, 2);
    CHECK(allocator.pages_in_use() == 3);
    CHECK(allocator.owners(first[0]) == 2);
    first.clear();
    CHECK(allocator.pages_in_use() == 2);
  }
  CHECK(allocator.pages_in_use() == 0);
  CHECK(allocator.most_in_use() == 3);
}

TEST_CASE("growing beyond the free pages takes nothing") {
  PageAllocator allocator(4);
  Pages a(allocator), b(allocator);
  REQUIRE(a.grow(3));
  CHECK_FALSE(b.grow(2));
  CHECK(b.size() == 0);
  CHECK(allocator.free_pages() == 1);
  CHECK(b.grow(1));
  CHECK(b.grow(1));  // has it already
  CHECK(allocator.free_pages() == 0);
}

TEST_CASE("no page is ever held by two sequences that did not share it, and none leaks") {
  PageAllocator allocator(16);
  std::deque<Pages> sequences;
  Rng rng(1, "test");
  for (int round = 0; round < 2000; ++round) {
    const int64_t action = rng.below(4);
    if (action == 0) {
      sequences.emplace_back(allocator);
    } else if (!sequences.empty()) {
      const auto at = static_cast<size_t>(rng.below(static_cast<int64_t>(sequences.size())));
      if (action == 1) {
        sequences[at].grow(sequences[at].size() + rng.below(4));
      } else if (action == 2) {
        Pages sibling(allocator);
        sibling.share(sequences[at], rng.below(sequences[at].size() + 1));
        sequences.push_back(std::move(sibling));
      } else {
        sequences.erase(sequences.begin() + static_cast<int64_t>(at));
      }
    }
    std::vector<int64_t> holders(16, 0);
    for (const Pages& s : sequences) {
      for (const int32_t page : s.list()) ++holders[static_cast<size_t>(page)];
    }
    int64_t used = 0;
    for (int32_t page = 0; page < 16; ++page) {
      REQUIRE(allocator.owners(page) == holders[static_cast<size_t>(page)]);
      used += holders[static_cast<size_t>(page)] > 0 ? 1 : 0;
    }
    REQUIRE(allocator.pages_in_use() == used);
  }
  sequences.clear();
  CHECK(allocator.free_pages() == 16);
}

TEST_CASE("an allocator without pages is refused") {
  CHECK_THROWS_AS(PageAllocator(0), Error);
}
