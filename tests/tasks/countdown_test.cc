#include <doctest/doctest.h>

#include <string>

#include "millet/core/error.h"
#include "millet/tasks/list.h"
#include "millet/tasks/number_game.h"
#include "millet/tasks/number_list.h"
#include "millet/tasks/task.h"

using namespace millet;
using namespace millet::tasks;

static Problem problem(std::string prompt) {
  return {.prompt = std::move(prompt), .answer = "", .canonical = "", .difficulty = 0};
}

TEST_CASE("whatever makes the target from the numbers is right") {
  const Task& countdown = find("countdown");
  for (const char* answer : {"(8-5)*9", "9*(8-5)", "((8)-5)*9"}) {
    CAPTURE(answer);
    CHECK(countdown.verify(problem("make 27 from 5 8 9=?"), answer));
  }
  CHECK(countdown.verify(problem("make 24 from 3 3 8 8=?"), "8/(3-8/3)"));
  CHECK(countdown.verify(problem("make 952 from 25 50 75 100 3 6=?"), "((100+6)*3*75-50)/25"));
  for (const char* answer : {"27", "", "(8-5)*9=27", "8*9-5*9", "9*3", "(8-5)*9 ", "8+9+5+5", "-(5-8)*9"}) {
    CAPTURE(answer);
    CHECK_FALSE(countdown.verify(problem("make 27 from 5 8 9=?"), answer));
  }
}

TEST_CASE("a malformed game is refused") {
  for (const char* prompt :
       {"", "make 27", "make from 5 8 9=?", "make 27 from=?", "make 27 from =?", "make 27 from 5 8 9",
        "make 27 from 5  8=?", "make 27 28 from 5 8=?", "make 27 from 5 08=?", "make 27 from 5 0=?",
        "make 0 from 5 8=?", "make -3 from 5 8=?", "make x from 5 8=?", "27 from 5 8 9=?", "make  from =?"}) {
    CAPTURE(prompt);
    CHECK_THROWS_AS(find("countdown").verify(problem(prompt), "1"), Error);
  }
}

TEST_CASE("what guessing is worth: a random attempt hits once in 27 with three numbers, once in 70 with four") {
  Rng rng(1, "test");
  const Task& countdown = find("countdown");
  const auto hit_rate = [&](int64_t count) {
    int hits = 0;
    for (int i = 0; i < 8000; ++i) {
      const Problem p = countdown.generate(rng, {count, count});
      const auto numbers = read_numbers(p.canonical.substr(p.canonical.find(' ', sizeof("countdown")) + 1));
      REQUIRE(numbers.has_value());
      hits += countdown.verify(p, random_attempt(*numbers, 99, rng).expression) ? 1 : 0;
    }
    return hits / 8000.0;
  };
  CHECK(hit_rate(3) == doctest::Approx(1 / 27.0).epsilon(0.2));
  CHECK(hit_rate(4) == doctest::Approx(1 / 70.0).epsilon(0.3));
}
