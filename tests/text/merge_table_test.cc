#include "millet/text/merge_table.h"

#include <doctest/doctest.h>

#include "millet/core/rng.h"

using namespace millet;
using namespace millet::text;

TEST_CASE("a pair that was put is found, another is not, and the last put counts") {
  MergeTable table(3);
  table.put(1, 2, {0, 10});
  table.put(2, 1, {1, 11});
  table.put(1, 2, {2, 12});
  CHECK(table.find(1, 2)->id == 12);
  CHECK(table.find(2, 1)->rank == 1);
  CHECK(table.find(1, 1) == nullptr);
  CHECK(table.by_rank().size() == 2);
  CHECK(table.by_rank()[1].left == 1);
  CHECK(MergeTable().find(0, 0) == nullptr);
}

TEST_CASE("many pairs all stay apart") {
  constexpr int32_t kPairs = 20000;
  MergeTable table(kPairs);
  for (int32_t i = 0; i < kPairs; ++i) table.put(i % 141, i / 141, {i, kPairs - i});
  bool all = true;
  for (int32_t i = 0; i < kPairs; ++i) {
    const MergeTable::Merge* merge = table.find(i % 141, i / 141);
    all = all && merge != nullptr && merge->rank == i && merge->id == kPairs - i;
  }
  CHECK(all);
  CHECK(table.find(141, 0) == nullptr);
  CHECK(table.by_rank().size() == kPairs);
}
