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

TEST_CASE("sorting is by value and keeps what occurs twice") {
  const Task& sorting = find("sorting");
  CHECK(sorting.verify(problem("sort 31 5 22=?"), "5 22 31"));
  CHECK(sorting.verify(problem("sort 10 9 10=?"), "9 10 10"));
  CHECK(sorting.verify(problem("sort 0 0=?"), "0 0"));
  for (const char* answer : {"5  22 31", "5 22 31 ", "5,22,31", "22 31 5", "31 22 5", "5 22", "5 22 31 31", "05 22 31",
                             "5\xC2\xA0"
                             "22 31",
                             "5 22 32"})
    CHECK_FALSE(sorting.verify(problem("sort 31 5 22=?"), answer));
  CHECK_FALSE(sorting.verify(problem("sort 10 9 10=?"), "9 10"));
}

TEST_CASE("a malformed list is refused") {
  for (const char* prompt : {"", "sort =?", "sort 1 x=?", "sort 1 2", "sort 1  2=?", "sort -1 2=?", "31 5=?"})
    CHECK_THROWS_AS(find("sorting").verify(problem(prompt), "1 2"), Error);
}

TEST_CASE("thinking aloud picks the smallest of what is left") {
  Rng rng(1, "test");
  CHECK(find("sorting").thinking(problem("sort 31 5 22=?"), Style::aloud, rng) == "31 5 22>5;31 22>22;31>31");
  CHECK(find("sorting").thinking(problem("sort 7 7=?"), Style::aloud, rng) == "7 7>7;7>7");
}
