#include "millet/text/detokenizer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/io/utf8.h"

using namespace millet;
using namespace millet::text;

namespace {

const Tokenizer& bytes() {
  static const Tokenizer tokenizer = Tokenizer::bytes(std::vector<std::string>{"<think>", "wait", "\xC3"});
  return tokenizer;
}

struct Streamed {
  std::vector<std::string> pieces;
  std::string text;
  std::string stop;
};

Streamed stream(const std::vector<int32_t>& ids, DetokenizerOptions options = {}) {
  Detokenizer d(bytes(), std::move(options));
  Streamed s;
  for (const int32_t id : ids) s.pieces.push_back(d.push(id));
  s.pieces.push_back(d.finish());
  for (const std::string& piece : s.pieces) s.text += piece;
  s.stop = d.stop();
  return s;
}

}  // namespace

TEST_CASE("a character of several tokens comes when its last token does") {
  const Streamed s = stream(bytes().encode("a\xE2\x82\xAC\xF0\x9F\x8C\xBE"));
  CHECK(s.pieces == std::vector<std::string>{"a", "", "", "\xE2\x82\xAC", "", "", "", "\xF0\x9F\x8C\xBE", ""});
}

TEST_CASE("an unfinished character becomes U+FFFD at the end, or when it can no longer be finished") {
  CHECK(stream({'a', 0xE2, 0x82}).text == "a\xEF\xBF\xBD");
  CHECK(stream({0xE2, 'a'}).pieces == std::vector<std::string>{"",
                                                               "\xEF\xBF\xBD"
                                                               "a",
                                                               ""});
  CHECK(stream({0x80}).pieces == std::vector<std::string>{"\xEF\xBF\xBD", ""});
}

TEST_CASE("whatever the ids, the pieces are text and together what decode gives") {
  Rng rng(1, "test");
  for (int i = 0; i < 300; ++i) {
    std::vector<int32_t> ids;
    for (int64_t n = rng.below(30); n > 0; --n) ids.push_back(static_cast<int32_t>(rng.below(265)));
    const bool skip = rng.below(2) == 1;
    const Streamed s = stream(ids, {.skip_special = skip});
    CHECK(s.text == bytes().decode(ids, {.skip_special = skip}));
    for (const std::string& piece : s.pieces) CHECK(io::invalid_utf8(piece) == std::string::npos);
  }
}

TEST_CASE("a stop string across token borders ends the text before it, and no part of it is shown") {
  const Streamed s = stream(bytes().encode("seven</answer>eight"), {.stops = {"</answer>"}});
  CHECK(s.text == "seven");
  CHECK(s.stop == "</answer>");
  CHECK(stream(bytes().encode("a\nb"), {.stops = {"\n\n", "\n"}}).text == "a");
}

TEST_CASE("what only began like a stop string is shown after all") {
  const Streamed s = stream(bytes().encode("x</answers"), {.stops = {"</answer>"}});
  CHECK(s.text == "x</answers");
  CHECK(s.stop.empty());
  CHECK(stream(bytes().encode("x</ans"), {.stops = {"</answer>"}}).text == "x</ans");
  // The beginning of the stop repeats inside what looked like it.
  CHECK(stream(bytes().encode("aaab!"), {.stops = {"aab"}}).text == "a");
}

TEST_CASE("the stop that ends first wins, and of those that end together the longest") {
  CHECK(stream(bytes().encode("abcd"), {.stops = {"abcd", "bc"}}).stop == "bc");
  CHECK(stream(bytes().encode("abcd"), {.stops = {"c", "abc", "bc"}}).stop == "abc");
  CHECK(stream(bytes().encode("abcd"), {.stops = {"c", "abc", "bc"}}).text.empty());
}

TEST_CASE("where tokens end makes no difference to stops") {
  // "wait" as one token and as four; a stop that begins inside it.
  const int32_t wait = *bytes().id_of("wait");
  for (const std::vector<int32_t>& ids :
       {std::vector<int32_t>{'o', wait, '!', 'x'}, std::vector<int32_t>{'o', 'w', 'a', 'i', 't', '!', 'x'}}) {
    CHECK(stream(ids, {.stops = {"it!"}}).text == "owa");
    CHECK(stream(ids, {.stops = {"a", "it!"}}).text == "ow");
  }
}

TEST_CASE("a stop string may hold characters of several bytes") {
  CHECK(stream(bytes().encode("a\xE2\x82\xAC"
                              "b"),
               {.stops = {"\xE2\x82\xAC"}})
            .text == "a");
  CHECK(stream(bytes().encode("a\xE2\x82\xAD"
                              "b"),
               {.stops = {"\xE2\x82\xAC"}})
            .text ==
        "a\xE2\x82\xAD"
        "b");
}

TEST_CASE("after a stop nothing more comes, and an empty stop is refused") {
  Detokenizer d(bytes(), {.stops = {"b"}});
  CHECK(d.push('a') == "a");
  CHECK(d.push('b').empty());
  CHECK(d.stopped());
  CHECK(d.push('c').empty());
  CHECK(d.finish().empty());
  CHECK_THROWS_AS(Detokenizer(bytes(), {.stops = {""}}), Error);
}

TEST_CASE("special tokens are skipped or shown as the options say") {
  const std::vector<int32_t> ids = {*bytes().bos(), 'a', *bytes().id_of("<think>"), *bytes().eos()};
  CHECK(stream(ids).text == "a<think>");
  CHECK(stream(ids, {.skip_special = false}).text == "<bos>a<think><eos>");
}
