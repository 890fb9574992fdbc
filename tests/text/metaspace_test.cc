#include "millet/text/metaspace.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::text;

static Metaspace read(std::string_view json) {
  return Metaspace::read(io::Json::parse(json, "t.json"));
}

TEST_CASE("what is not said is as tokenizers has it") {
  const Metaspace plain = read("{}");
  CHECK(plain.character == "\u2581");
  CHECK(plain.prefix == Metaspace::Prefix::always);
  CHECK(plain.split);
}

TEST_CASE("character, scheme and splitting are read; older files say add_prefix_space") {
  const Metaspace first = read(R"({"replacement": "_", "prepend_scheme": "first", "split": false})");
  CHECK(first.character == "_");
  CHECK(first.prefix == Metaspace::Prefix::first);
  CHECK_FALSE(first.split);
  CHECK(read(R"({"prepend_scheme": "never"})").prefix == Metaspace::Prefix::never);
  CHECK(read(R"({"add_prefix_space": false})").prefix == Metaspace::Prefix::never);
}

TEST_CASE("other schemes and characters are refused with their place") {
  CHECK_THROWS_WITH_AS(read(R"({"prepend_scheme": "last"})"), doctest::Contains("t.json: prepend_scheme is 'last'"),
                       Error);
  CHECK_THROWS_WITH_AS(read(R"({"replacement": ""})"), doctest::Contains("replacement is ''"), Error);
}
