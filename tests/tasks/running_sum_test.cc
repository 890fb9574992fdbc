#include <doctest/doctest.h>

#include <string>

#include "millet/core/error.h"
#include "millet/tasks/list.h"
#include "millet/tasks/task.h"

using namespace millet;
using namespace millet::tasks;

static Problem problem(std::string prompt) {
  return {.prompt = std::move(prompt), .answer = "", .canonical = "", .difficulty = 0};
}

TEST_CASE("the sum of a list is the sum of its terms") {
  const Task& sum = find("running_sum");
  CHECK(sum.verify(problem("sum 4 17 8=?"), "29"));
  CHECK(sum.verify(problem("sum 0 0=?"), "0"));
  CHECK(sum.verify(problem("sum 99=?"), "99"));
  for (const char* answer : {"029", "29.", "+29", "-29", "2 9", "4 21 29", "21 29", "28"})
    CHECK_FALSE(sum.verify(problem("sum 4 17 8=?"), answer));
}

TEST_CASE("a malformed sum of a list is refused") {
  for (const char* prompt : {"", "sum =?", "sum 4 -1=?", "sum 4  1=?", "sum 04=?", "sum 4 1 =?", "sum 4,1=?", "sum 4 1",
                             "4 1=?", "sum 99999999999999999999=?"})
    CHECK_THROWS_AS(find("running_sum").verify(problem(prompt), "5"), Error);
}

TEST_CASE("thinking aloud keeps the running sum") {
  Rng rng(1, "test");
  CHECK(find("running_sum").thinking(problem("sum 4 17 8=?"), Style::aloud, rng) == "4+17=21+8=29");
  CHECK(find("running_sum").thinking(problem("sum 0 0=?"), Style::slip, rng).ends_with("=0"));
}

TEST_CASE("the same terms in another order are the same problem") {
  Rng rng(2, "test");
  bool reordered = false;
  for (int i = 0; i < 50; ++i) {
    const Problem p = find("running_sum").generate(rng, {2, 2});
    reordered = reordered || p.canonical + "=?" != p.prompt;
    const size_t space = p.canonical.find(' ', 4);
    CHECK(std::stoi(p.canonical.substr(4, space - 4)) <= std::stoi(p.canonical.substr(space + 1)));
  }
  CHECK(reordered);
}
