#include "millet/core/field_value.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;

static constexpr size_t kBool = 0, kInt = 1, kFloat = 2, kString = 3, kStrings = 4, kFloats = 5;

TEST_CASE("values are written as TOML") {
  CHECK(to_string(true) == "true");
  CHECK(to_string(int64_t{-3}) == "-3");
  CHECK(to_string(3.0) == "3.0");
  CHECK(to_string(3e-4) == "0.0003");
  CHECK(to_string(0.1) == "0.1");
  CHECK(to_string(1e300) == "1e+300");
  CHECK(to_string(std::string("a\"b\\c\n\x01\x7f")) == "\"a\\\"b\\\\c\\n\\u0001\\u007F\"");
  CHECK(to_string(std::vector<std::string>{"a", "b, c"}) == "[\"a\", \"b, c\"]");
  CHECK(to_string(std::vector<double>{1, 0.5}) == "[1.0, 0.5]");
}

TEST_CASE("text is read by the field's type") {
  CHECK(read_field_value("k", kBool, "true") == FieldValue(true));
  CHECK(read_field_value("k", kInt, "-12") == FieldValue(int64_t{-12}));
  CHECK(read_field_value("k", kFloat, "3e-4") == FieldValue(3e-4));
  CHECK(read_field_value("k", kFloat, "3") == FieldValue(3.0));
  CHECK(read_field_value("k", kString, "a = b") == FieldValue(std::string("a = b")));
  CHECK(read_field_value("k", kString, "") == FieldValue(std::string()));
  CHECK(read_field_value("k", kFloats, "[1, 2.5]") == FieldValue(std::vector<double>{1, 2.5}));
  CHECK(read_field_value("k", kFloats, "[]") == FieldValue(std::vector<double>{}));
}

TEST_CASE("lists split at commas outside of quotes") {
  using Strings = std::vector<std::string>;
  CHECK(read_field_value("k", kStrings, "a,b") == FieldValue(Strings{"a", "b"}));
  CHECK(read_field_value("k", kStrings, "[ \"a, b\" , c d ]") == FieldValue(Strings{"a, b", "c d"}));
  CHECK(read_field_value("k", kStrings, "[\"a\\\", b\"]") == FieldValue(Strings{"a\", b"}));
  CHECK(read_field_value("k", kStrings, "") == FieldValue(Strings{}));
  CHECK(read_field_value("k", kStrings, "a,") == FieldValue(Strings{"a"}));
}

TEST_CASE("what is written reads back from --set") {
  for (const FieldValue& value : {FieldValue(std::string("say \"hi\"\\\n\x02 there")), FieldValue(0.1 + 0.2),
                                  FieldValue(std::vector<std::string>{"", "[x]", "a,b", "\""}), FieldValue(int64_t{7}),
                                  FieldValue(std::vector<double>{1e-300, 2}), FieldValue(false)}) {
    CAPTURE(to_string(value));
    CHECK(read_field_value("k", value.index(), to_string(value)) == value);
  }
}

TEST_CASE("text of another type is refused with key and type") {
  CHECK_THROWS_WITH_AS(read_field_value("train.steps", kInt, "1e3"), "key 'train.steps' takes int, not '1e3'", Error);
  CHECK_THROWS_AS(read_field_value("k", kInt, ""), Error);
  CHECK_THROWS_AS(read_field_value("k", kInt, "99999999999999999999"), Error);
  CHECK_THROWS_AS(read_field_value("k", kBool, "yes"), Error);
  CHECK_THROWS_AS(read_field_value("k", kFloat, "1.5x"), Error);
  CHECK_THROWS_AS(read_field_value("k", kFloats, "[1, a]"), Error);
  CHECK_THROWS_AS(read_field_value("k", kString, "\"a\"b\""), Error);
  CHECK_THROWS_AS(read_field_value("k", kString, "\"a\\\""), Error);
  CHECK_THROWS_AS(read_field_value("k", kString, "\"\\u12\""), Error);
}
