#include "millet/io/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "fuzz/properties.h"
#include "millet/io/file.h"
#include "tests/io/error_of.h"
#include "tests/io/mutations.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::io;

static std::string parse_error(std::string_view text) {
  return error_of([&] { Json::parse(text, "f.json"); });
}

TEST_CASE("objects keep the order of the text and find every key, many or few") {
  std::string text = "{";
  for (int i = 0; i < 5000; ++i) text += fmt::format("{}\"k{}\":{}", i ? "," : "", (i * 7919) % 5000, i);
  const Json json = Json::parse(text + "}");
  REQUIRE(json.size() == 5000);
  int i = 0;
  for (const auto& [key, value] : json.members()) {
    CHECK(key == fmt::format("k{}", (i * 7919) % 5000));
    CHECK(json.at(key).as_int() == i++);
  }
  CHECK_FALSE(json.contains("k5000"));
  CHECK(json.dump() == text + "}");
}

TEST_CASE("integers and other numbers stay apart") {
  const Json json = Json::parse("[1, 1.0, -0.0, 1e2, 9223372036854775807, -9223372036854775808, 9223372036854775808]");
  CHECK(json.at(0).is_int());
  CHECK_FALSE(json.at(1).is_int());
  CHECK(std::signbit(json.at(2).as_double()));
  CHECK_FALSE(json.at(3).is_int());
  CHECK(json.at(4).as_int() == std::numeric_limits<int64_t>::max());
  CHECK(json.at(5).as_int() == std::numeric_limits<int64_t>::min());
  CHECK(json.at(6).as_double() == 9223372036854775808.0);
  CHECK(json.dump() == "[1,1.0,-0.0,100.0,9223372036854775807,-9223372036854775808,9223372036854775808]");
}

TEST_CASE("doubles are written with the shortest digits that read back the same") {
  for (const double x : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 1e22, 1e-7, 123456789.123}) {
    CHECK(Json::parse(Json(x).dump()).as_double() == x);
    CHECK_FALSE(Json::parse(Json(x).dump()).is_int());
  }
  CHECK(Json(0.1).dump() == "0.1");
  CHECK(Json(1e22).dump() == "1e+22");
  CHECK(Json(2.0).dump() == "2.0");
}

TEST_CASE("NaN and infinity are never written") {
  Json json = Json::object({{"step", 3}, {"loss", std::nan("")}});
  CHECK(error_of([&] { json.dump(); }) == "loss is NaN: JSON has no such number");
  json["loss"] = -std::numeric_limits<double>::infinity();
  CHECK(error_of([&] { json.dump(); }) == "loss is infinite: JSON has no such number");
  CHECK(parse_error("[NaN]").starts_with("f.json:1:"));
  CHECK(parse_error("[1e999]").starts_with("f.json:1:"));
}

TEST_CASE("a parse error names file, line and column") {
  CHECK(parse_error("{\n  \"a\": 1,\n  \"b\": ]\n}") == "f.json:3:8: unexpected ']'; expected '[', '{', or a literal");
  CHECK(parse_error("{\"größe\": nul}").starts_with("f.json:1:14: invalid literal"));
  CHECK(parse_error("").starts_with("f.json:1:1: unexpected end of input"));
  CHECK(parse_error("[1] 2").starts_with("f.json:1:5: unexpected number"));
  CHECK(parse_error(std::string_view("[1]\0", 4)) == "f.json:1:4: unexpected zero byte");
  CHECK(parse_error("[\"\xff\"]").find("UTF-8") != std::string::npos);
  CHECK(parse_error("\"\xed\xa0\x80\"").find("UTF-8") != std::string::npos);
  CHECK(parse_error("[\"\\ud800\"]").starts_with("f.json:1:"));
  CHECK(error_of([] { Json::parse("[1, 2", "metrics.jsonl", 17); }).starts_with("metrics.jsonl:17:6: "));
}

TEST_CASE("a duplicate key is refused, deep inside and in large objects too") {
  CHECK(parse_error("{\"a\": 1,\n \"a\": 2}") == "f.json:2:4: duplicate key 'a'");
  CHECK(parse_error("[{\"a\": {\"\\u0062\": 1, \"b\": 2}}]").find("duplicate key 'b'") != std::string::npos);
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += fmt::format("\"{}\":0,", i);
  CHECK(parse_error(text + "\"517\":0}").find("duplicate key '517'") != std::string::npos);
}

TEST_CASE("512 levels are read, one more is refused without overflowing the stack") {
  const std::string open(512, '['), close(512, ']');
  CHECK(Json::parse(open + close).dump() == open + close);
  CHECK(parse_error("[" + open + close + "]") == "f.json:1:513: nested deeper than 512 levels");
  CHECK(parse_error(std::string(1000000, '[')) == "f.json:1:513: nested deeper than 512 levels");
}

TEST_CASE("an error of a value names the file and the path of keys") {
  const Json json =
      Json::parse(R"({"rope_scaling": {"factor": "40"}, "messages": [{"role": 3}, {"content": null}]})", "f");
  CHECK(error_of([&] { json.at("rope_scaling").at("factor").as_double(); }) ==
        "f: rope_scaling.factor is a string, not a number");
  CHECK(error_of([&] { json.at("rope_scaling").at("facto"); }) == "f: rope_scaling has no key 'facto', only 'factor'");
  CHECK(error_of([&] { json.at("hidden_size"); }) == "f has no key 'hidden_size'");
  for (const Json& message : json.at("messages").items()) {
    if (const Json* role = message.find("role"))
      CHECK(error_of([&] { role->as_string(); }) == "f: messages[0].role is an integer, not a string");
    if (const Json* content = message.find("content"))
      CHECK(error_of([&] { content->as_string(); }) == "f: messages[1].content is null, not a string");
  }
  CHECK(error_of([&] { json.at("messages").at(2); }) == "f: messages has 2 items, there is no [2]");
  CHECK(error_of([&] { json.at("messages").at(0).at("role").refuse("must be at most {}", 2); }) ==
        "f: messages[0].role must be at most 2");
}

TEST_CASE("paths stay right while values grow, move and are copied") {
  Json json;
  for (int i = 0; i < 100; ++i) json["list"].append(Json::object({{"x", i}}));
  for (int i = 0; i < 100; ++i) json[fmt::format("k{}", i)] = i;
  CHECK(json.at("list").at(57).at("x").path() == "list[57].x");
  CHECK(json.at("k99").path() == "k99");

  Json moved = std::move(json);
  CHECK(moved.at("list").at(57).path() == "list[57]");
  Json copy = moved;
  moved = nullptr;
  CHECK(copy.at("list").at(57).path() == "list[57]");
  Json part = std::move(copy["list"]);  // leaves a null in its place
  CHECK(part.at(3).path() == "[3]");
  CHECK(copy.at("list").is_null());
  copy["list"] = part.at(3);  // a copy of a part
  CHECK(copy.at("list").at("x").path() == "list.x");
  copy = Json(copy.at("list"));
  CHECK(copy.at("x").path() == "x");
  CHECK(copy == Json::object({{"x", 3}}));
}

TEST_CASE("a value may be set from another part of the same document, however the document grows") {
  Json json = Json::object({{"text", std::string(100, 'x')}});
  for (int i = 0; i < 40; ++i) json[fmt::format("copy {}", i)] = json.at("text");
  for (int i = 0; i < 40; ++i) json["list"].append(json.at("text"));
  json = json.at("list");
  CHECK(json.size() == 40);
  for (const Json& item : json.items()) CHECK(item.as_string() == std::string(100, 'x'));
}

TEST_CASE("erasing a key leaves the others findable and in order") {
  Json json;
  for (int i = 0; i < 50; ++i) json[std::to_string(i)] = i;
  CHECK(json.erase("20"));
  CHECK_FALSE(json.erase("20"));
  CHECK(json.size() == 49);
  for (int i = 0; i < 50; ++i) CHECK(json.contains(std::to_string(i)) == (i != 20));
  CHECK(json.at("21").path() == "21");
}

TEST_CASE("absent and null give the fallback, a wrong type does not") {
  const Json json = Json::parse(R"({"q_lora_rank": null, "n_group": 8, "norm_topk_prob": true, "type": "yarn"})");
  CHECK(json.int_or("q_lora_rank", 0) == 0);
  CHECK(json.int_or("topk_group", 1) == 1);
  CHECK(json.int_or("n_group", 1) == 8);
  CHECK(json.double_or("n_group", 1) == 8.0);
  CHECK(json.bool_or("norm_topk_prob", false));
  CHECK(json.string_or("type", "") == "yarn");
  CHECK_THROWS_AS(json.int_or("type", 1), Error);
}

TEST_CASE("what is written reads back the same, compact and pretty") {
  const Json json = Json::object({{"text", "a\"b\\c\n\t\x01 größe 中 😀"},
                                  {"empty", Json::object()},
                                  {"list", Json::array({1, 2.5, nullptr, true, Json::array()})}});
  CHECK(json.dump() == "{\"text\":\"a\\\"b\\\\c\\n\\t\\u0001 größe 中 😀\",\"empty\":{},\"list\":[1,2.5,null,true,[]]}");
  CHECK(Json::parse(json.dump()) == json);
  CHECK(Json::parse(json.pretty()) == json);
  CHECK(Json::object({{"a", Json::array({1})}, {"b", Json::array()}}).pretty() ==
        "{\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}\n");
}

TEST_CASE("a string that is not UTF-8 is not written") {
  Json json;
  json["answer"] = "half a character \xe4\xb8";
  CHECK(error_of([&] { json.dump(); }) == "answer holds a string that is not UTF-8 at byte 17");
}

TEST_CASE("equality ignores the order of members and minds kinds") {
  CHECK(Json::parse("{\"a\":1,\"b\":[2]}") == Json::parse("{\"b\":[2],\"a\":1}"));
  CHECK_FALSE(Json::parse("1") == Json::parse("1.0"));
  CHECK_FALSE(Json::parse("[1,2]") == Json::parse("[2,1]"));
  CHECK_FALSE(Json::parse("{\"a\":1}") == Json::parse("{\"a\":1,\"b\":2}"));
}

TEST_CASE("an unsigned number beyond int64 is refused when made") {
  CHECK_THROWS_AS(Json(std::numeric_limits<uint64_t>::max()), Error);
  CHECK(Json(uint64_t{7}).as_int() == 7);
}

TEST_CASE("integers beyond int64 keep their digits") {
  for (const char* digits :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551616", "123456789012345678901234567890"}) {
    const Json large = Json::parse(digits);
    REQUIRE(large.large_integer() != nullptr);
    CHECK(*large.large_integer() == digits);
    CHECK(large.dump() == digits);
    CHECK(large.kind() == Json::Kind::real);
    CHECK(Json(large) == large);
    CHECK_THROWS_AS(large.as_int(), Error);
  }
  CHECK(Json::parse("18446744073709551616").as_double() == 18446744073709551616.0);
  for (const char* other : {"9223372036854775807", "1e19", "18446744073709551616.0"})
    CHECK(Json::parse(other).large_integer() == nullptr);
  CHECK_FALSE(Json::parse("18446744073709551616") == Json::parse("18446744073709551617"));
}

TEST_CASE("read leniently, the last of equal keys counts and half a surrogate pair is U+FFFD, as Python reads them") {
  const char* twice = R"({"a": [1, 2], "b": 0, "a": {"c": 3}})";
  CHECK(Json::parse_leniently(twice).dump() == R"({"a":{"c":3},"b":0})");
  CHECK_THROWS_WITH_AS(Json::parse(twice), doctest::Contains("duplicate key 'a'"), Error);
  const auto read = [](const char* text) { return Json::parse_leniently(text).as_string(); };
  CHECK(read(R"("x\ud800y")") == "x\xEF\xBF\xBDy");
  CHECK(read(R"("\udc00\ud800\uDBFF\udfff")") == "\xEF\xBF\xBD\xEF\xBF\xBD\xF4\x8F\xBF\xBF");
  CHECK(read(R"("\uD83D\ude00\ud83d")") == "\xF0\x9F\x98\x80\xEF\xBF\xBD");
  CHECK(read(R"("\\ud800 \\\ud800")") == "\\ud800 \\\xEF\xBF\xBD");
  CHECK_THROWS_AS(Json::parse(R"("\ud800")"), Error);
  for (const char* broken : {R"({"a": 1,})", R"("\ud8")", R"("\ud800)", "{\"a\": NaN}", "[1] 2"})
    CHECK_THROWS_AS(Json::parse_leniently(broken), Error);
  CHECK_THROWS_WITH_AS(Json::parse_leniently(R"({"a": "\ud800", b})", "f", 7), doctest::Contains("f:7:17"), Error);
}

TEST_CASE("a missing file is named") {
  CHECK(error_of([] { read_json("no/such.json"); }) == "cannot read no/such.json: there is no such file");
}

TEST_CASE("a file is read and its name stands in errors") {
  const TemporaryDirectory dir;
  write_file_atomically(dir / "config.json", "{\"a\": []}");
  CHECK(error_of([&] { read_json(dir / "config.json").at("a").as_int(); }) ==
        (dir / "config.json").string() + ": a is an array, not an integer");
}

TEST_CASE("damaged texts are refused at their place or read and written back equal") {
  const std::vector<std::string> valid = {
      R"({"rope_scaling": {"factor": 40, "mscale": 1.0}, "list": [null, true, false, -0.0, 1e-7, "größe\n\ud83d\ude00"]})",
      "[[[[[[]]]]]]", "9223372036854775807", "\"\"", "{\"a\":{\"a\":{\"a\":[]}},\"b\":[{},{}]}"};
  for_mutations("json", 10000, valid, {"null", "\"a\":1,", "1e999", "\\u0000", "\xff", "\xed\xa0\x80", "[", "}", "//"},
                fuzz::check_json);
}
