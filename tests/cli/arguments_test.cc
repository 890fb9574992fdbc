#include "millet/cli/arguments.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;
using cli::Arguments;

static Arguments given(const std::string& name, std::vector<std::string> values) {
  const bool by_user = !values.empty();
  return Arguments({{name, {std::move(values), by_user}}});
}

TEST_CASE("numbers are read whole or refused with their name") {
  CHECK(given("steps", {"12"}).integer("steps") == 12);
  CHECK(given("lr", {"3e-4"}).number("lr") == 3e-4);
  CHECK_THROWS_WITH_AS(given("steps", {"12x"}).integer("steps"), "--steps takes a whole number, not '12x'", Error);
  CHECK_THROWS_WITH_AS(given("steps", {""}).integer("steps"), "--steps takes a whole number, not ''", Error);
  CHECK_THROWS_WITH_AS(given("steps", {"99999999999999999999"}).integer("steps"),
                       "--steps takes a whole number, not '99999999999999999999'", Error);
  CHECK_THROWS_WITH_AS(given("N", {"0"}).integer("N", 1), "N is 0, it must be at least 1", Error);
  CHECK_THROWS_WITH_AS(given("lr", {"fast"}).number("lr"), "--lr takes a number, not 'fast'", Error);
}

TEST_CASE("threads are all cores unless asked for, and at least one") {
  CHECK(given("threads", {}).threads() >= 1);
  CHECK(given("threads", {"3"}).threads() == 3);
  CHECK_THROWS_AS(given("threads", {"0"}).threads(), Error);
  CHECK_THROWS_AS(given("threads", {"1000000"}).threads(), Error);
}

TEST_CASE("a seed is absent, or not negative") {
  CHECK(given("seed", {}).seed() == std::nullopt);
  CHECK(given("seed", {"18446744073709551615"}).seed() == UINT64_MAX);
  CHECK_THROWS_WITH_AS(given("seed", {"-1"}).seed(), "--seed takes a whole number that is not negative, not '-1'",
                       Error);
}

TEST_CASE("an absent text or an empty path is refused") {
  CHECK_THROWS_WITH_AS(given("FILE", {}).text("FILE"), "FILE is needed here: give it", Error);
  CHECK_THROWS_WITH_AS(given("FILE", {""}).path("FILE"), "FILE is empty: give a path", Error);
  CHECK(given("out", {}).out() == std::nullopt);
  CHECK_THROWS_AS(given("out", {""}).out(), Error);
}
