#include <doctest/doctest.h>

#include <array>
#include <string>

#include "millet/core/error.h"
#include "millet/tasks/list.h"
#include "millet/tasks/task.h"

using namespace millet;
using namespace millet::tasks;

static Problem problem(std::string prompt) {
  return {.prompt = std::move(prompt), .answer = "", .canonical = "", .difficulty = 0};
}

TEST_CASE("chains are worked from left to right modulo ten") {
  const Task& chain = find("chain");
  // The worked examples of the recipe that the demo was planned on, and the edges of the range of values.
  CHECK(chain.verify(problem("0-9-1+9*7=?"), "3"));
  CHECK(chain.verify(problem("5+6*7*3+4-5=?"), "0"));
  CHECK(chain.verify(problem("7*7+4+7+8-3-7*9=?"), "2"));
  CHECK(chain.verify(problem("3+1+1*3*9+1*7*3-1+9-7*3-4=?"), "7"));
  CHECK(chain.verify(problem("9+9=?"), "8"));
  CHECK(chain.verify(problem("0-9=?"), "1"));
  CHECK(chain.verify(problem("9*9=?"), "1"));
  CHECK(chain.verify(problem("6=?"), "6"));
}

TEST_CASE("the answer is one digit and no number congruent to it") {
  const Task& chain = find("chain");
  for (const char* answer : {"13", "-7", "03", "3.", "3 ", "\xD9\xA3" /* Arabic-Indic 3 */, "three", "3\r"})
    CHECK_FALSE(chain.verify(problem("0-9-1+9*7=?"), answer));
}

TEST_CASE("a malformed chain is refused") {
  for (const char* prompt :
       {"", "=?", "3", "3+=?", "+3=?", "3+4=", "3+4?", "3/4=?", "12+3=?", "3+4=?x", "3 +4=?", "3+a=?"})
    CHECK_THROWS_AS(find("chain").verify(problem(prompt), "7"), Error);
}

TEST_CASE("thinking aloud gives each operation with its result") {
  Rng rng(1, "test");
  CHECK(find("chain").thinking(problem("0-9-1+9*7=?"), Style::aloud, rng) == "0-9=1-1=0+9=9*7=3");
  CHECK(find("chain").thinking(problem("5+6*7*3+4-5=?"), Style::aloud, rng) == "5+6=1*7=7*3=1+4=5-5=0");
}

TEST_CASE("a slip is a wrong digit, wait, and the whole step again") {
  // With one operation there is one place to slip: from "5+6=" to "1" by way of a wrong digit.
  std::string seen;
  for (uint64_t i = 0; i < 200; ++i) {
    Rng rng(1, "test", i);
    const std::string text = find("chain").thinking(problem("5+6=?"), Style::slip, rng);
    if (text == "5+6=1") continue;
    CAPTURE(text);
    REQUIRE(text.size() == 14);
    CHECK(text.starts_with("5+6="));
    CHECK(text.substr(5) == "wait5+6=1");
    CHECK(text[4] != '1');
    seen += text[4];
  }
  for (const char digit : std::string("023456789")) CHECK(seen.find(digit) != std::string::npos);
}

TEST_CASE("guessing a chain's answer gets ten percent, whatever the length and the last operation") {
  const Task& chain = find("chain");
  for (const DifficultyRange range : {DifficultyRange{1, 1}, DifficultyRange{4, 12}}) {
    Rng rng(2, "test");
    std::array<int, 10> all_of_them{};
    std::array<int, 10> after_times{};
    int times = 0;
    for (int i = 0; i < 20000; ++i) {
      const Problem p = chain.generate(rng, range);
      all_of_them.at(static_cast<size_t>(p.answer[0] - '0'))++;
      if (p.prompt[p.prompt.size() - 4] != '*') continue;
      after_times.at(static_cast<size_t>(p.answer[0] - '0'))++;
      ++times;
    }
    // Nine degrees of freedom: chi-square exceeds 33.7 once in ten thousand.
    auto chi_square = [](const std::array<int, 10>& counts, double n) {
      double sum = 0;
      for (const int c : counts) sum += (c - n / 10) * (c - n / 10) / (n / 10);
      return sum;
    };
    CHECK(chi_square(all_of_them, 20000) < 33.7);
    CHECK(chi_square(after_times, times) < 33.7);
  }
}

TEST_CASE("chains draw their operations and operands as the recipe says") {
  Rng rng(3, "test");
  std::array<int, 3> signs{};
  for (int i = 0; i < 2000; ++i) {
    const Problem p = find("chain").generate(rng, {4, 12});
    REQUIRE(p.prompt.size() == static_cast<size_t>(3 + 2 * p.difficulty));
    for (size_t at = 1; at + 2 < p.prompt.size(); at += 2) {
      const char sign = p.prompt[at];
      const char operand = p.prompt[at + 1];
      signs.at(std::string("+-*").find(sign))++;
      if (sign == '*')
        CHECK(std::string("379").find(operand) != std::string::npos);
      else
        CHECK(operand != '0');
    }
  }
  const double total = signs[0] + signs[1] + signs[2];
  for (const int count : signs) CHECK(count / total == doctest::Approx(1.0 / 3).epsilon(0.05));
}
