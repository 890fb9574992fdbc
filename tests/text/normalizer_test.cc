#include "millet/text/normalizer.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::text;

static Normalizer read(std::string_view json) {
  const io::Json parsed = io::Json::parse(json, "t.json");
  return Normalizer::read(&parsed);
}

TEST_CASE("without a normalizer nothing changes") {
  CHECK(Normalizer::read(nullptr).changes_nothing());
  CHECK(read("null").changes_nothing());
  CHECK(read(R"({"type": "Sequence", "normalizers": []})").changes_nothing());
  CHECK(read("null").apply("e\u0301") == "e\u0301");
}

TEST_CASE("NFC composes letters and marks") {
  CHECK(read(R"({"type": "NFC"})").apply("e\u0301 abc") == "\u00e9 abc");
}

TEST_CASE("what Llama's tokenizer does: a leading mark, and spaces become marks; empty text stays empty") {
  const Normalizer n = read(R"({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "_"},
      {"type": "Replace", "pattern": {"String": " "}, "content": "_"}]})");
  CHECK(n.apply("a b  c") == "_a_b__c");
  CHECK(n.apply("").empty());
  CHECK(read(R"({"type": "Replace", "pattern": {"Regex": "[0-9]+"}, "content": "#"})").apply("a12b3") == "a#b#");
}

TEST_CASE("a text that goes on from another gets nothing in front") {
  const io::Json json = io::Json::parse(R"({"type": "Prepend", "prepend": "_"})");
  CHECK(Normalizer::read(&json).apply("a", false) == "a");
  CHECK(Normalizer::read(&json).apply("a") == "_a");
}

TEST_CASE("normalizers of other kinds are refused by name and place") {
  CHECK_THROWS_WITH_AS(read(R"({"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]})"),
                       doctest::Contains("normalizers[1].type is 'Lowercase'"), Error);
  CHECK_THROWS_AS(read("3"), Error);
  std::string many = R"({"type": "Sequence", "normalizers": [)";
  for (int i = 0; i < 100; ++i) many += R"({"type": "NFC"},)";
  CHECK_THROWS_WITH_AS(read(many + R"({"type": "NFC"}]})"), doctest::Contains("at most 64"), Error);
}
