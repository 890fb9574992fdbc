#include "millet/text/pre_tokenizer.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::text;

static PreTokenizer read(std::string_view json) {
  const io::Json parsed = io::Json::parse(json, "t.json");
  return PreTokenizer::read(&parsed);
}

// The pieces of a text, a | between two.
static std::string cut(const PreTokenizer& pre_tokenizer, std::string text, bool first = true) {
  std::string out;
  for (const auto& piece : pre_tokenizer.split(text, first))
    out += (out.empty() ? "" : "|") + text.substr(piece.begin, piece.end - piece.begin);
  return out;
}

TEST_CASE("without a pre-tokenizer a text is one piece") {
  CHECK(cut(PreTokenizer::read(nullptr), "a b") == "a b");
  CHECK(cut(read("null"), "").empty());
  CHECK_FALSE(read("null").byte_level());
}

TEST_CASE("a split does with its matches what its behaviour says") {
  auto split = [](const std::string& behavior, const char* invert) {
    return cut(read(R"({"type": "Split", "pattern": {"String": "-"}, "behavior": ")" + behavior + R"(", "invert": )" +
                    invert + "}"),
               "-the-final--countdown-");
  };
  CHECK(split("Removed", "false") == "the|final|countdown");
  CHECK(split("Removed", "true") == "-|-|-|-|-");
  CHECK(split("Isolated", "false") == "-|the|-|final|-|-|countdown|-");
  CHECK(split("Isolated", "true") == "-|the|-|final|-|-|countdown|-");
  CHECK(split("MergedWithPrevious", "false") == "-|the-|final-|-|countdown-");
  CHECK(split("MergedWithPrevious", "true") == "-the|-final|-|-countdown|-");
  CHECK(split("MergedWithNext", "false") == "-the|-final|-|-countdown|-");
  CHECK(split("MergedWithNext", "true") == "-|the-|final-|-|countdown-");
  CHECK(split("Contiguous", "false") == "-|the|-|final|--|countdown|-");
  CHECK(split("Contiguous", "true") == "-|the|-|final|--|countdown|-");
}

TEST_CASE("digits are cut one by one or in runs") {
  CHECK(cut(read(R"({"type": "Digits", "individual_digits": true})"), "a12 \u00bdb") == "a|1|2| |\u00bd|b");
  CHECK(cut(read(R"({"type": "Digits", "individual_digits": false})"), "a12 \u00bd3b") == "a|12| |\u00bd3|b");
}

TEST_CASE("ByteLevel cuts by GPT-2's pattern unless it is told not to") {
  CHECK(cut(read(R"({"type": "ByteLevel", "add_prefix_space": false})"), "Hi there's  x 12a") ==
        "Hi| there|'s| | x| 12|a");
  CHECK(cut(read(R"({"type": "ByteLevel", "add_prefix_space": true})"), "Hi there's  x ") == " Hi| there|'s| | x| ");
  CHECK(cut(read(R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": false})"), "a b") == "a b");
}

// The expected pieces are those of `tokenizers` 0.23.1.
TEST_CASE("Metaspace spells spaces, puts one in front, and cuts before each") {
  const auto metaspace = [](const std::string& keys) {
    return read(R"({"type": "Metaspace", "replacement": ")" + std::string("\u2581") + R"(")" + keys + "}");
  };
  CHECK(cut(metaspace(""), "a b  c") == "\u2581a|\u2581b|\u2581|\u2581c");
  CHECK(cut(metaspace(R"(, "prepend_scheme": "always", "split": false)"), " a b") == "\u2581a\u2581b");
  CHECK(cut(metaspace(R"(, "prepend_scheme": "always", "split": false)"), "a", false) == "\u2581a");
  CHECK(cut(metaspace(R"(, "prepend_scheme": "first", "split": false)"), "a b") == "\u2581a\u2581b");
  CHECK(cut(metaspace(R"(, "prepend_scheme": "first", "split": false)"), "a b", false) == "a\u2581b");
  CHECK(cut(metaspace(R"(, "prepend_scheme": "never")"), "a b") == "a|\u2581b");
  CHECK(cut(metaspace(R"(, "add_prefix_space": false, "split": false)"), "a b") == "a\u2581b");
  CHECK_THROWS_WITH_AS(metaspace(R"(, "prepend_scheme": "last")"), doctest::Contains("never, first and always"), Error);
}

TEST_CASE("steps follow one another, each within the pieces of the one before") {
  CHECK(cut(read(R"({"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
      {"type": "ByteLevel", "add_prefix_space": true, "use_regex": false}]})"),
            "ab1 2") == " ab| 1| | 2");
  const char* sentence = R"({"type": "Sequence", "pretokenizers": [
      {"type": "Split", "pattern": {"Regex": "[\r\n]"}, "behavior": "Isolated", "invert": false},
      {"type": "Split", "pattern": {"Regex": "\\s+$"}, "behavior": "Isolated", "invert": false}]})";
  CHECK(cut(read(sentence), "a b  \nc ") == "a b|  |\n|c| ");
}

TEST_CASE("pre-tokenizers of other kinds and orders are refused by name and place") {
  auto refused = [](std::string_view json, const char* with) {
    CHECK_THROWS_WITH_AS(read(json), doctest::Contains(with), Error);
  };
  refused(R"({"type": "Whitespace"})", "type is 'Whitespace'");
  refused(R"({"type": "Metaspace", "replacement": "__"})", "replacement is '__'");
  refused(R"({"type": "Split", "pattern": {"String": "-"}, "behavior": "Kept"})", "behavior is 'Kept'");
  refused(R"({"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"})", "t.json: pattern");
  refused(R"({"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "Digits"}]})",
          "pretokenizers[1] stands behind ByteLevel");
  refused(R"({"type": "Sequence"})", "pretokenizers");
}
