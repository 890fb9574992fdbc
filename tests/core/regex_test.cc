#include "millet/core/regex.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/core/error.h"

using namespace millet;

TEST_CASE("the leftmost match is found, from a place on") {
  const Regex number(R"(\d+)");
  const auto first = number.find("a12 b345");
  REQUIRE(first);
  CHECK(first->begin == 1);
  CHECK(first->end == 3);
  CHECK(number.find("a12 b345", 3)->begin == 5);
  CHECK_FALSE(number.find("none"));
  CHECK(Regex(R"(\p{Lu})").find("äÄ")->begin == 2);
}

TEST_CASE("a whole text matches or does not, whichever alternative is longer") {
  CHECK(Regex::whole("a|ab").find("ab"));
  CHECK_FALSE(Regex::whole("a|ab").find("abc"));
  CHECK_FALSE(Regex::whole("a").find("a\n"));
  CHECK(Regex::whole("-?\\d+(\\.0*)?").find("-12.00"));
}

TEST_CASE("what is no expression, or takes too long, is refused") {
  CHECK_THROWS_WITH_AS(Regex("("), doctest::Contains("the expression cannot be read"), Error);
  CHECK_THROWS_AS(Regex::whole("a)|(b"), Error);
  CHECK_THROWS_WITH_AS(Regex(std::string(70000, 'a')), doctest::Contains("is too long"), Error);
  CHECK_THROWS_WITH_AS(Regex("(a+)+$").find(std::string(5000, 'a') + "b"), doctest::Contains("gives up"), Error);
}
