#include "millet/text/added_tokens.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::text;

TEST_CASE("what is special or looks like a tag is a mark, the rest are words") {
  CHECK(AddedToken{.id = 1, .content = "<think>"}.is_mark());
  CHECK(AddedToken{.id = 1, .content = "<\xEF\xBD\x9CUser\xEF\xBD\x9C>"}.is_mark());
  CHECK(AddedToken{.id = 1, .content = "[PAD]", .special = true}.is_mark());
  CHECK_FALSE(AddedToken{.id = 1, .content = "wait"}.is_mark());
  CHECK_FALSE(AddedToken{.id = 1, .content = "<>"}.is_mark());
}

TEST_CASE("the first token in a text is found from any place on, marks only when asked for") {
  const AddedTokens tokens({{.id = 7, .content = "wait"}, {.id = 8, .content = "<a>"}});
  CHECK(tokens.first_in("<a> wait", 0, true).token->id == 8);
  CHECK(tokens.first_in("<a> wait", 0, false).at == 4);
  CHECK(tokens.first_in("<a> wait", 1, true).token->id == 7);
  CHECK(tokens.first_in("<a> wait", 5, true).token == nullptr);
  CHECK(tokens.first_in("", 0, true).token == nullptr);
  CHECK(tokens.find("wait")->id == 7);
  CHECK(tokens.find(int32_t{8})->content == "<a>");
  CHECK(tokens.find("no") == nullptr);
}

TEST_CASE("a token that is empty or there twice is refused") {
  CHECK_THROWS_AS(AddedTokens({{.id = 1, .content = ""}}), Error);
  CHECK_THROWS_WITH_AS(AddedTokens({{.id = 1, .content = "x"}, {.id = 2, .content = "x"}}),
                       doctest::Contains("'x' is there twice"), Error);
}

TEST_CASE("a text is cut at its tokens, the rules of each heeded") {
  const AddedTokens tokens({{.id = 1, .content = "<a>", .lstrip = true, .rstrip = true},
                            {.id = 2, .content = "ab", .single_word = true},
                            {.id = 3, .content = "ABC", .normalized = true}});
  auto cut = [&](std::string_view text, AddedTokens::Pass pass = AddedTokens::Pass::raw) {
    std::string out;
    for (const AddedTokens::Cut& c : tokens.cut(text, true, pass)) {
      out += c.token == nullptr ? "" : std::to_string(c.token->id);
      out += "[" + std::string(text.substr(c.begin, c.end - c.begin)) + "]";
    }
    return out;
  };
  CHECK(cut("x  <a> y") == "[x]1[  <a> ][y]");
  CHECK(cut("ab cab ab") == "2[ab][ cab ]2[ab]");
  CHECK(cut("ABC") == "[ABC]");
  CHECK(cut("xABC", AddedTokens::Pass::normalized) == "[x]3[ABC]");
  CHECK(cut("").empty());
  CHECK(tokens.has(AddedTokens::Pass::normalized));
}

// With three spaces `tokenizers` 0.23 panics; with two it finds what is found here.
TEST_CASE("a token of spaces that the one before has taken is nowhere") {
  const AddedTokens tokens({{.id = 1, .content = "<a>", .rstrip = true}, {.id = 2, .content = "  ", .lstrip = true}});
  for (const std::string text : {"<a>  x", "<a>   x", "<a>      x"}) {
    const std::vector<AddedTokens::Cut> cuts = tokens.cut(text, true, AddedTokens::Pass::raw);
    REQUIRE(cuts.size() == 2);
    CHECK(cuts[0].token->id == 1);
    CHECK(cuts[1].begin == text.size() - 1);
    CHECK(cuts[1].token == nullptr);
  }
  CHECK(tokens.cut("    ", true, AddedTokens::Pass::raw).size() == 2);
}

TEST_CASE("two tokens of one id, one that is too long, and two that normalise alike are refused") {
  CHECK_THROWS_WITH_AS(AddedTokens({{.id = 1, .content = "x"}, {.id = 1, .content = "y"}}),
                       doctest::Contains("the same id, 1"), Error);
  CHECK_THROWS_AS(AddedTokens({{.id = 1, .content = std::string(2000, 'x')}}), Error);
  const io::Json nfc = io::Json::object({{"type", "NFC"}});
  CHECK_THROWS_WITH_AS(AddedTokens({{.id = 1, .content = "\u00e9", .normalized = true},
                                    {.id = 2, .content = "e\u0301", .normalized = true}},
                                   Normalizer::read(&nfc)),
                       doctest::Contains("the same when normalised"), Error);
}
