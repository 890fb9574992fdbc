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

TEST_CASE("sums are right, carries and lengths beyond any machine word included") {
  const Task& addition = find("addition");
  CHECK(addition.verify(problem("478+695=?"), "1173"));
  CHECK(addition.verify(problem("10+10=?"), "20"));
  CHECK(addition.verify(problem("99999999999999999999999999+99999999999999999999999999=?"),
                        "199999999999999999999999998"));
  CHECK(addition.verify(problem("9+1234=?"), "1243"));
  CHECK(addition.verify(problem("0+0=?"), "0"));
  CHECK_FALSE(addition.verify(problem("478+695=?"), "01173"));
  CHECK_FALSE(addition.verify(problem("478+695=?"), "1,173"));
  CHECK_FALSE(addition.verify(problem("478+695=?"), "1 173"));
  CHECK_FALSE(addition.verify(problem("478+695=?"), "173"));
}

TEST_CASE("a malformed sum is refused") {
  for (const char* prompt :
       {"", "12=?", "12+=?", "+12=?", "12+07=?", "12+3", "12+3+4=?", "-1+2=?", "1.5+2=?", "12 +3=?"})
    CHECK_THROWS_AS(find("addition").verify(problem(prompt), "15"), Error);
}

TEST_CASE("thinking aloud works the columns from the ones upward, with their carries") {
  Rng rng(1, "test");
  CHECK(find("addition").thinking(problem("478+695=?"), Style::aloud, rng) == "8+5+0=13 7+9+1=17 4+6+1=11");
  CHECK(find("addition").thinking(problem("12+34=?"), Style::aloud, rng) == "2+4+0=6 1+3+0=4");
}

TEST_CASE("a sum and its mirror image are one problem, and no other is") {
  Rng rng(2, "test");
  for (int i = 0; i < 100; ++i) {
    const Problem p = find("addition").generate(rng, {2, 2});
    const std::string a = p.prompt.substr(0, 2);
    const std::string b = p.prompt.substr(3, 2);
    CHECK(p.canonical == "addition " + std::min(a, b) + "+" + std::max(a, b));
  }
}
