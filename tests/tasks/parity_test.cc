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

TEST_CASE("parity counts the ones") {
  const Task& parity = find("parity");
  CHECK(parity.verify(problem("parity 0110=?"), "0"));
  CHECK(parity.verify(problem("parity 1=?"), "1"));
  CHECK(parity.verify(problem("parity 0=?"), "0"));
  CHECK(parity.verify(problem("parity 10101=?"), "1"));
  for (const char* answer : {"2", "3", "-1", "01", "00", "odd", "true", "1 ", "\xEF\xBC\x91"})
    CHECK_FALSE(parity.verify(problem("parity 10101=?"), answer));
}

TEST_CASE("a malformed question of parity is refused") {
  for (const char* prompt : {"", "parity =?", "parity 012=?", "parity 01", "0110=?", "Parity 01=?", "parity  01=?"})
    CHECK_THROWS_AS(find("parity").verify(problem(prompt), "1"), Error);
}

TEST_CASE("thinking aloud keeps the running parity") {
  Rng rng(1, "test");
  CHECK(find("parity").thinking(problem("parity 0110=?"), Style::aloud, rng) == "0^1=1^1=0^0=0");
  CHECK(find("parity").thinking(problem("parity 1=?"), Style::aloud, rng) == "1");
}

TEST_CASE("odd and even are equally likely") {
  Rng rng(2, "test");
  int odd = 0;
  for (int i = 0; i < 4000; ++i) odd += find("parity").generate(rng, {1, 16}).answer == "1" ? 1 : 0;
  CHECK(odd == doctest::Approx(2000).epsilon(0.07));
}
