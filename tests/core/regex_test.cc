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

// What tokenizers 0.23.3 finds, on Oniguruma 6.9.10.
TEST_CASE("[[:punct:]] is all punctuation and all symbols, as newer versions of Oniguruma have it") {
  const auto found = [](std::string_view expression) {
    const Regex regex(expression);
    std::string all;
    for (char c = '!'; c <= '~'; ++c) {
      if (regex.find(std::string_view(&c, 1))) all += c;
    }
    return all;
  };
  const std::string every = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  for (const char* same :
       {"[[:punct:]]", "[]:[:punct:]]", "[^[:^punct:]]", "(?x)[[:punct:]] # [[:punct:]]", "[$[:punct:]]"})
    CHECK_MESSAGE(found(same) == every, same);
  CHECK(found("[a[:punct:]b]").find("_`ab{") != std::string::npos);
  CHECK(found("[[:punct:]&&[^$]]") == "!\"#%&'()*+,-./:;<=>?@[\\]^_`{|}~");
  CHECK(found("[[:^punct:]]") == found("[^[:punct:]]"));
  CHECK(found("[[:^punct:][:punct:]]").size() == 94);
  CHECK(found("[[:alpha:][:punct:]]").size() == 84);
  CHECK(found("[[a[:punct:]]0]").size() == 34);
  CHECK(found(R"(\p{Punct})") == "!\"#%&'()*,-./:;?@[\\]_{}");
  CHECK(found("[:punct:]") == ":cnptu");
  CHECK(found(R"([\[:punct:])") == ":[cnptu");
  CHECK(Regex("[[:punct:]]").find("\xE2\x82\xAC"));      // €
  CHECK(Regex("[[:punct:]]").find("\xF0\x9F\xAA\x89"));  // U+1FA89, of Unicode 16
  CHECK_FALSE(Regex("[[:punct:]]").find("\xC3\xA9"));
  CHECK_THROWS_AS(Regex("[[:punct:]"), Error);
}

TEST_CASE("what is no expression, or takes too long, is refused") {
  CHECK_THROWS_WITH_AS(Regex("("), doctest::Contains("the expression cannot be read"), Error);
  CHECK_THROWS_AS(Regex::whole("a)|(b"), Error);
  CHECK_THROWS_WITH_AS(Regex(std::string(70000, 'a')), doctest::Contains("is too long"), Error);
  CHECK_THROWS_WITH_AS(Regex("(a+)+$").find(std::string(5000, 'a') + "b"), doctest::Contains("gives up"), Error);
}
