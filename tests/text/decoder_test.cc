#include "millet/text/decoder.h"

#include <doctest/doctest.h>

#include <vector>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::text;

static Decoder read(std::string_view json) {
  const io::Json parsed = io::Json::parse(json, "t.json");
  return Decoder::read(&parsed);
}

// The text of tokens; a | where a token made something certain.
static std::string decoded(const Decoder& decoder, const std::vector<std::string>& spellings, const char* mark = "") {
  Decoder::State state;
  std::string out;
  for (const std::string& spelling : spellings) {
    decoder.push(state, decoder.piece(spelling), out);
    out += mark;
  }
  decoder.finish(state, out);
  return out;
}

static const char* llama = R"({"type": "Sequence", "decoders": [
    {"type": "Replace", "pattern": {"String": "_"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0}]})";

TEST_CASE("without a decoder spaces stand between tokens") {
  CHECK(decoded(Decoder::read(nullptr), {"a", "b", "", "c"}) == "a b  c");
  CHECK(decoded(read("null"), {}).empty());
}

TEST_CASE("ByteLevel joins bytes, and a token with another character stands for its own") {
  const Decoder d = read(R"({"type": "ByteLevel"})");
  CHECK(decoded(d, {"\u0120a", "\u00c3", "\u00a9"}) == " a\u00e9");
  CHECK(decoded(d, {"\u00c3", "\u00a9"}, "|") == "|\u00e9|");
  CHECK(decoded(d, {"<\uFF5CUser\uFF5C>", "\u010a"}) == "<\uFF5CUser\uFF5C>\n");
  CHECK(decoded(d, {"a b"}) == "a b");
  CHECK(decoded(d, {"\u00e9"}) == "\uFFFD");  // an added "é" is a byte 0xE9
  CHECK(decoded(read(R"({"type": "Sequence", "decoders": [{"type": "ByteLevel"}]})"), {"\u0120"}) == " ");
}

TEST_CASE("Llama's decoder makes spaces, leaves out the first, and joins bytes that are text") {
  CHECK(decoded(read(llama), {"_a", "_b"}) == "a b");
  CHECK(decoded(read(llama), {"<s>", "_a"}) == "<s> a");
  CHECK(decoded(read(llama), {"_", "_a"}) == " a");
  CHECK(decoded(read(llama), {"<0xC3>", "<0xA9>", "a"}) == "\u00e9a");
  CHECK(decoded(read(llama), {"<0x20>", "<0x20>", "a"}) == " a");
  CHECK(decoded(read(llama), {"<0xC3>", "<0xa9>", "<0xC3>"}) == "\uFFFD\uFFFD\uFFFD");
  CHECK(decoded(read(llama), {"<0xC3>", "a", "<0xZZ>"}) == "\uFFFDa<0xZZ>");
}

TEST_CASE("Metaspace's decoder makes spaces, and none of what stands in the first token") {
  const std::vector<std::string> tokens = {"\u2581\u2581a\u2581b", "\u2581c", "\u2581"};
  CHECK(decoded(read(R"({"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always"})"), tokens) ==
        "ab c ");
  CHECK(decoded(read(R"({"type": "Metaspace"})"), tokens, "|") == "ab| c| |");
  CHECK(decoded(read(R"({"type": "Metaspace"})"), {"<a b\u2581c>", " \u2581d"}) == "<a bc>  d");  // spaces of its own
  CHECK(decoded(read(R"({"type": "Metaspace", "prepend_scheme": "never"})"), tokens) == "  a b c ");
}

TEST_CASE("bytes of a fallback are certain when another token comes") {
  CHECK(decoded(read(llama), {"<0xC3>", "<0xA9>", "_a"}, "|") == "||\u00e9 a|");
  CHECK(decoded(read(llama), {"<0x41>"}, "|") == "|A");
}

TEST_CASE("steps on single tokens come before Fuse") {
  const Decoder d = read(R"({"type": "Sequence", "decoders": [{"type": "Strip", "content": "#", "start": 2},
      {"type": "Replace", "pattern": {"String": "ab"}, "content": ""}, {"type": "Fuse"}]})");
  CHECK(decoded(d, {"###a", "bab", "x"}) == "#abx");
}

TEST_CASE("a piece has bytes") {
  const Decoder d = read(llama);
  CHECK(d.bytes(d.piece("_the")) == " the");
  CHECK(d.bytes(d.piece("<0x0A>")) == "\n");
  CHECK(Decoder().bytes("<0x0A>") == "<0x0A>");
}

TEST_CASE("decoders of other kinds and orders are refused by name and place") {
  auto refused = [](std::string_view json, const char* with) {
    CHECK_THROWS_WITH_AS(read(json), doctest::Contains(with), Error);
  };
  refused(R"({"type": "WordPiece"})", "type is 'WordPiece'");
  refused(R"({"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "ByteFallback"}]})",
          "decoders[1] stands behind");
  refused(R"({"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "ByteLevel"}]})", "ByteLevel");
  refused(R"({"type": "Strip", "content": " ", "start": 0, "stop": 1})", "stop is not 0");
  refused(R"({"type": "Strip", "content": "ab", "start": 1})", "one character");
  refused(R"({"type": "Replace", "pattern": {"Regex": "a"}, "content": ""})", "pattern is no");
}
