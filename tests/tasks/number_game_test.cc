#include "millet/tasks/number_game.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/thought.h"

using namespace millet;
using namespace millet::tasks;
using millet::tasks::math::Rational;

TEST_CASE("an expression is worth what arithmetic says") {
  const std::vector<int64_t> numbers = {3, 3, 8, 8};
  const std::pair<const char*, const char*> cases[] = {
      {"3+3+8+8", "22"}, {"3+3*8-8", "19"},  {"(3+3)*8/8", "6"},        {"8/(3-8/3)", "24"},     {"3-3-8-8", "-16"},
      {"8/3/8*3", "1"},  {"8/3/8/3", "1/9"}, {"((3)+(3))+(8+8)", "22"}, {"(((8)))-3-8-3", "-6"},
  };
  for (const auto& [expression, value] : cases) {
    CAPTURE(expression);
    const auto attempt = read_attempt(expression, numbers);
    REQUIRE(attempt.has_value());
    CHECK(attempt->value.text() == value);
  }
}

TEST_CASE("an expression uses each number once and nothing else") {
  for (const char* expression : {"",
                                 "3",
                                 "3+8",
                                 "3+8+8",
                                 "3+3+8+8+8",
                                 "3+3+8+9",
                                 "33+88",
                                 "338+8",
                                 "+3+3+8+8",
                                 "-3+3+8+8",
                                 "3+-3+8+8",
                                 "3+3+8+8=22",
                                 "3 + 3+8+8",
                                 "3+3+8+8 ",
                                 "03+3+8+8",
                                 "3.0+3+8+8",
                                 "3+3+8+8+0",
                                 "(3+3+8+8",
                                 "3+3+8+8)",
                                 "()3+3+8+8",
                                 "3(3+8+8)",
                                 "3**3+8+8",
                                 "3^3+8+8",
                                 "3!+3+8+8",
                                 "8/(3-3)*8",
                                 "3+3+8+8+",
                                 "3\xC3\x97"
                                 "3+8+8"}) {
    CAPTURE(expression);
    CHECK_FALSE(read_attempt(expression, {3, 3, 8, 8}).has_value());
  }
}

TEST_CASE("a hostile expression is refused without being worked out") {
  CHECK_FALSE(read_attempt(std::string(1 << 20, '('), {1, 2}).has_value());
  CHECK_FALSE(read_attempt(std::string(200, '(') + "1" + std::string(200, ')'), {1}).has_value());
  CHECK_FALSE(read_attempt(std::string(100, '9'), {9}).has_value());
  CHECK(read_attempt(std::string(100, '(') + "1" + std::string(100, ')'), {1}).has_value());
}

TEST_CASE("steps follow the brackets") {
  CHECK(read_attempt("(8-5)*9", {5, 8, 9})->steps == "8-5=3 3*9=27");
  CHECK(read_attempt("9-(8-5)", {5, 8, 9})->steps == "8-5=3 9-3=6");
  CHECK(read_attempt("1+2*3", {1, 2, 3})->steps == "2*3=6 1+6=7");
  CHECK(read_attempt("8/(3-8/3)", {3, 3, 8, 8})->steps == "8/3=(8/3) 3-(8/3)=(1/3) 8/(1/3)=24");
}

TEST_CASE("random attempts stay whole and in range, and read back as what they are") {
  Rng rng(1, "test");
  for (int i = 0; i < 2000; ++i) {
    std::vector<int64_t> numbers;
    for (int64_t n = 2 + rng.below(5); n > 0; --n) numbers.push_back(1 + rng.below(12));
    const Attempt attempt = random_attempt(numbers, 99, rng);
    CAPTURE(attempt.expression);
    CHECK(attempt.value.is_integer());
    CHECK(compare(attempt.value, Rational(1)) >= 0);
    CHECK(compare(attempt.value, Rational(99)) <= 0);
    const auto read = read_attempt(attempt.expression, numbers);
    REQUIRE(read.has_value());
    CHECK(read->value == attempt.value);
    CHECK(read->steps == attempt.steps);
  }
  // Larger than `largest` already: their sum bounds them.
  CHECK(random_attempt({100, 100, 100}, 99, rng).value.is_integer());
}

TEST_CASE("a solution solves, with whole numbers where these do") {
  Rng rng(2, "test");
  const auto whole = random_solution({{4, 7, 8, 8}, 24}, rng);
  REQUIRE(whole.has_value());
  CHECK(whole->steps.find('(') == std::string::npos);
  CHECK(is_solution({{4, 7, 8, 8}, 24}, whole->expression));
  const auto fraction = random_solution({{1, 4, 5, 6}, 24}, rng);
  REQUIRE(fraction.has_value());
  CHECK(fraction->steps.find("(") != std::string::npos);
  CHECK_FALSE(random_solution({{1, 1, 1, 1}, 24}, rng).has_value());
  CHECK_THROWS_AS(random_solution({{1, 2, 3, 4, 5, 6}, 24}, rng), Error);
}

TEST_CASE("in a thought with slips, attempts that miss are taken back and the last one hits") {
  Rng rng(3, "test");
  const NumberGame game{{5, 8, 9}, 27};
  const Problem problem{.prompt = "make 27 from 5 8 9=?", .answer = "(8-5)*9", .canonical = "", .difficulty = 3};
  CHECK(thinking_of(game, problem, 99, Style::aloud, rng) == "8-5=3 3*9=27");
  int64_t most = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string thinking = thinking_of(game, problem, 99, Style::slip, rng);
    CAPTURE(thinking);
    CHECK(thinking.ends_with("8-5=3 3*9=27"));
    most = std::max(most, waits_in(thinking));
    for (size_t at = thinking.find(kWait); at != std::string::npos; at = thinking.find(kWait, at + 1))
      CHECK_FALSE(thinking.substr(0, at).ends_with("=27"));
  }
  CHECK(most == kMostTries);
  Problem wrong = problem;
  wrong.answer = "(8-5)*8";
  CHECK_THROWS_WITH_AS(thinking_of(game, wrong, 99, Style::aloud, rng), doctest::Contains("does not solve"), Error);
}
