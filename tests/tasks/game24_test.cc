#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/list.h"
#include "millet/tasks/number_game.h"
#include "millet/tasks/number_list.h"
#include "millet/tasks/task.h"
#include "tests/core/test_data.h"

using namespace millet;
using namespace millet::tasks;

static Problem problem(std::string prompt) {
  return {.prompt = std::move(prompt), .answer = "", .canonical = "", .difficulty = 0};
}

TEST_CASE("a hand is won by 24 and each card once") {
  const Task& game = find("game24");
  CHECK(game.verify(problem("24 of 3 3 8 8=?"), "8/(3-8/3)"));
  CHECK(game.verify(problem("24 of 4 7 8 8=?"), "(7-8/8)*4"));
  for (const char* answer : {"24", "8*3", "3*8+3-3", "8*3*(8/8)", "(7-8/8)*4"}) {
    CAPTURE(answer);
    CHECK_FALSE(game.verify(problem("24 of 3 3 8 8=?"), answer));
  }
}

TEST_CASE("a malformed hand is refused") {
  for (const char* prompt :
       {"", "24 of =?", "24 of 1 2 3 4", "25 of 1 2 3 4=?", "24 of 1,2,3,4=?", "24 of 0 2 3 4=?"}) {
    CAPTURE(prompt);
    CHECK_THROWS_AS(find("game24").verify(problem(prompt), "1"), Error);
  }
}

TEST_CASE("a thought with fractions is written out") {
  Rng rng(1, "test");
  const Problem p{.prompt = "24 of 3 3 8 8=?", .answer = "8/(3-8/3)", .canonical = "", .difficulty = 4};
  CHECK(find("game24").thinking(p, Style::aloud, rng) == "8/3=(8/3) 3-(8/3)=(1/3) 8/(1/3)=24");
}

// 24.csv of tree-of-thought-llm lists the games that people solved: rank, cards, times and rates.
TEST_CASE("of all hands of four, just those of the published list can be won") {
  if (!tests::has_test_data("math/game24.csv")) return;
  std::ifstream file(tests::kTestData / "math/game24.csv");
  std::set<std::vector<int64_t>> listed;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const size_t begin = line.find(',') + 1;
    auto hand = read_numbers(line.substr(begin, line.find(',', begin) - begin));
    REQUIRE(hand.has_value());
    std::sort(hand->begin(), hand->end());
    listed.insert(*hand);
  }
  REQUIRE(listed.size() == 1362);
  Rng rng(2, "test");
  size_t solvable = 0;
  for (int64_t cards = 0; cards < 13 * 13 * 13 * 13; ++cards) {
    const std::vector<int64_t> hand = {1 + cards % 13, 1 + cards / 13 % 13, 1 + cards / 169 % 13, 1 + cards / 2197};
    if (!std::is_sorted(hand.begin(), hand.end())) continue;
    CAPTURE(to_text(hand));
    const auto solution = random_solution({hand, 24}, rng);
    CHECK(solution.has_value() == listed.contains(hand));
    if (!solution) continue;
    CHECK(is_solution({hand, 24}, solution->expression));
    ++solvable;
  }
  CHECK(solvable == 1362);
}
