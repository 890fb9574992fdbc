#include "millet/text/pattern.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::text;

// The matches of a text, each in brackets.
static std::string found(const Pattern& pattern, std::string_view text) {
  std::vector<Pattern::Match> matches;
  pattern.find_all(text, matches);
  std::string out;
  size_t at = 0;
  for (const Pattern::Match& m : matches) {
    out += text.substr(at, m.begin - at);
    out += "[" + std::string(text.substr(m.begin, m.end - m.begin)) + "]";
    at = m.end;
  }
  out += text.substr(at);
  return out;
}

TEST_CASE("a string is found from left to right, without overlap") {
  CHECK(found(Pattern::string("aa"), "aaaaa b aa") == "[aa][aa]a b [aa]");
  CHECK(found(Pattern::string("."), "a.b") == "a[.]b");
  CHECK_THROWS_AS(Pattern::string(""), Error);
}

TEST_CASE("an expression is found as the tokenizers library finds it") {
  CHECK(found(Pattern::regex(R"(\s+(?!\S)|\s+)"), "a  b  ") == "a[ ][ ]b[  ]");
  CHECK(found(Pattern::regex(R"(\p{L}+)"), "na\u00efve, \u4f60\u597d") == "[na\u00efve], [\u4f60\u597d]");
  CHECK(found(Pattern::regex("^a"), "aa\na") == "[a]a\n[a]");
  CHECK(found(Pattern::regex("(?i:'s)"), "it'S '\u017f") == "it['S] ['\u017f]");
  CHECK(found(Pattern::regex("x*"), "axxb") == "[]a[xx]b[]");
  CHECK(found(Pattern::regex(""), "a\u00e9") == "[]a[]\u00e9[]");
  CHECK(found(Pattern::regex("a"), "") == "");
}

TEST_CASE("numbers are digits of any script, letters and others") {
  CHECK(found(Pattern::numeric(), "a1\u00bd\u00b3\u2167\u0663b") == "a[1][\u00bd][\u00b3][\u2167][\u0663]b");
  CHECK(found(Pattern::numeric(), "\u56db") == "\u56db");
}

TEST_CASE("a pattern that is malformed, too long or of another kind is refused with its place") {
  auto refused = [](std::string_view json, const char* with) {
    CHECK_THROWS_WITH_AS(Pattern::read(io::Json::parse(json, "t.json").at("pattern")), doctest::Contains(with), Error);
  };
  refused(R"({"pattern": {"Regex": "(a"}})", "t.json: pattern");
  refused(R"({"pattern": {"Regex": "(a"}})", "cannot be read");
  refused(R"({"pattern": {"String": ""}})", "empty string");
  refused(R"({"pattern": {"Glob": "*"}})", "is no pattern");
  CHECK_THROWS_AS(Pattern::regex(std::string(70000, 'a')), Error);
}

TEST_CASE("an expression that would look for hours gives up with an error") {
  std::vector<Pattern::Match> matches;
  CHECK_THROWS_WITH_AS(Pattern::regex("(a+)+$").find_all(std::string(5000, 'a') + "b", matches),
                       doctest::Contains("gives up on a text of 5001 bytes"), Error);
  CHECK_THROWS_AS(Pattern::regex(R"((?:\s+$))").find_all(std::string(100000, ' ') + "b", matches), Error);
}
