#include "millet/tasks/split.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <unordered_set>

#include "millet/core/error.h"
#include "millet/tasks/list.h"

using namespace millet;
using namespace millet::tasks;

TEST_CASE("the split of a problem is what it was when the first results were published") {
  // Found by the documented formula in a second implementation (Python): any change of the hash breaks these.
  for (const char* test : {"", "chain 0+5", "chain 1+6", "chain 2+8", "chain 5+4", "parity 110"})
    CHECK(split_of(test) == Split::test);
  for (const char* train : {"chain 3+4*7", "chain 0+6", "chain 0-9-1+9*7", "parity 0110", "sum 4 8 17", "sort 5 22 31"})
    CHECK(split_of(train) == Split::train);
}

TEST_CASE("about one problem in sixteen is a test problem, in every task") {
  for (const Task* task : all()) {
    CAPTURE(task->name());
    Rng rng(1, "test");
    int test = 0;
    for (int i = 0; i < 8000; ++i)
      test += split_of(task->generate(rng, task->default_range()).canonical) == Split::test ? 1 : 0;
    CHECK(test == doctest::Approx(500).epsilon(0.2));
  }
}

TEST_CASE("a hundred thousand training problems share no canonical form with the evaluation set") {
  for (const Task* task : all()) {
    CAPTURE(task->name());
    std::unordered_set<std::string> held_out;
    for (const Problem& p : evaluation_set(*task, Split::test, task->default_range(), 512, 1))
      held_out.insert(p.canonical);
    // All that there are of a list.
    const std::span<const Problem> listed = task->listed(Split::test);
    CHECK(held_out.size() == (listed.empty() ? 512 : std::min<size_t>(512, listed.size())));
    const int count = task->name() == "chain" ? 100'000 : 10'000;
    Rng rng(2, "test");
    int shared = 0;
    for (int i = 0; i < count; ++i)
      shared +=
          static_cast<int>(held_out.count(generate_in(*task, Split::train, rng, task->default_range()).canonical));
    CHECK(shared == 0);
  }
}

TEST_CASE("without the split a hundred thousand problems do meet an evaluation set of short ones") {
  // The control of the test above: the two sets come from one distribution.
  const Task& chain = find("chain");
  std::unordered_set<std::string> held_out;
  for (const Problem& p : evaluation_set(chain, Split::test, {2, 2}, 100, 1)) held_out.insert(p.canonical);
  Rng rng(2, "test");
  int shared = 0;
  for (int i = 0; i < 10'000; ++i) shared += static_cast<int>(held_out.count(chain.generate(rng, {2, 2}).canonical));
  CHECK(shared > 0);
}

TEST_CASE("an evaluation set is the same for the same seed and another for another") {
  const Task& chain = find("chain");
  auto prompts = [&](uint64_t seed, int64_t count) {
    std::vector<std::string> out;
    for (const Problem& p : evaluation_set(chain, Split::test, {4, 12}, count, seed)) out.push_back(p.prompt);
    return out;
  };
  CHECK(prompts(1, 64) == prompts(1, 64));
  CHECK(prompts(1, 64) != prompts(2, 64));
  // A longer set begins with the shorter one.
  std::vector<std::string> longer = prompts(1, 128);
  longer.resize(64);
  CHECK(longer == prompts(1, 64));
}

TEST_CASE("a range with too few problems is refused instead of searched forever") {
  // There are two strings of one bit, and both are training problems.
  CHECK_THROWS_WITH_AS(evaluation_set(find("parity"), Split::train, {1, 1}, 3, 1), doctest::Contains("widen the range"),
                       Error);
  CHECK_THROWS_WITH_AS(evaluation_set(find("parity"), Split::test, {1, 1}, 3, 1), doctest::Contains("widen the range"),
                       Error);
}
