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

TEST_CASE("products are exact up to nine digits") {
  const Task& multiplication = find("multiplication");
  CHECK(multiplication.verify(problem("47*36=?"), "1692"));
  CHECK(multiplication.verify(problem("10*10=?"), "100"));
  CHECK(multiplication.verify(problem("999999999*999999999=?"), "999999998000000001"));
  for (const char* answer : {"1693", "01692", "1692.0", "1,692", "-1692", "47*36", "1692 "})
    CHECK_FALSE(multiplication.verify(problem("47*36=?"), answer));
}

TEST_CASE("a malformed product is refused") {
  for (const char* prompt : {"", "*=?", "47*=?", "*36=?", "47*36", "47*36*2=?", "047*36=?", "4 7*36=?", "-47*36=?",
                             "47x36=?", "1000000000*2=?", "99999999999999999999*2=?", "47*36=??"}) {
    CAPTURE(prompt);
    CHECK_THROWS_AS(find("multiplication").verify(problem(prompt), "1"), Error);
  }
}

TEST_CASE("thinking aloud multiplies digit by digit and adds row by row") {
  Rng rng(1, "test");
  const Task& multiplication = find("multiplication");
  CHECK(multiplication.thinking(problem("47*36=?"), Style::aloud, rng) ==
        "7*6+0=42 4*6+4=28 7*3+0=21 4*3+2=14 282+1410=1692");
  CHECK(multiplication.thinking(problem("47*30=?"), Style::aloud, rng) ==
        "7*0+0=0 4*0+0=0 7*3+0=21 4*3+2=14 0+1410=1410");
  CHECK(multiplication.thinking(problem("123*111=?"), Style::aloud, rng) ==
        "3*1+0=3 2*1+0=2 1*1+0=1 3*1+0=3 2*1+0=2 1*1+0=1 123+1230=1353 3*1+0=3 2*1+0=2 1*1+0=1 1353+12300=13653");
}

TEST_CASE("both factors have as many digits as the difficulty says") {
  Rng rng(2, "test");
  for (int64_t digits = 2; digits <= 9; ++digits) {
    const std::string prompt = find("multiplication").generate(rng, {digits, digits}).prompt;
    CAPTURE(prompt);
    CHECK(prompt.find('*') == static_cast<size_t>(digits));
    CHECK(prompt.size() == static_cast<size_t>(2 * digits + 3));
  }
}
