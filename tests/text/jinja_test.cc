// The template engine, construct by construct, against what Jinja itself made of them (tests/golden/jinja/make.py).
#include "tests/text/jinja.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <string>

#include "millet/io/jsonl.h"

using namespace millet;

TEST_CASE("every construct gives what Jinja gives, and refuses what it refuses") {
  io::JsonlReader reader(std::filesystem::path(MILLET_SOURCE_DIR) / "tests/golden/jinja/cases.jsonl");
  const std::string data = reader.next()->value.at("data").dump();
  int cases = 0;
  while (const auto line = reader.next()) {
    const std::string source = line->value.at("template").as_string();
    const std::string said = jinja_says(source, data);
    CAPTURE(source);
    if (const io::Json* rendered = line->value.find("rendered")) {
      CHECK(said == rendered->as_string());
    } else {
      CAPTURE(line->value.at("error").as_string());
      CHECK(said.substr(0, 7) == "error: ");
    }
    ++cases;
  }
  CHECK(cases > 1190);
}

TEST_CASE("dict and namespace are those of transformers 5") {
  CHECK(jinja_says("{{ dict.fromkeys('ab', 1) }}{{ dict(a=1).fromkeys([2]) }}{{ dict.copy is defined }}") ==
        "{'a': 1, 'b': 1}{2: None}False");
  CHECK(jinja_says("{{ namespace(_a=1) }}").starts_with("error: a namespace takes no attribute with an underscore"));
}

TEST_CASE("what would be drawn at random is refused by name") {
  CHECK(jinja_says("{{ [1, 2] | random }}") ==
        "error: the filter 'random' would draw one of 2 items: a prompt is the same each time, so choose without it");
  CHECK(jinja_says("{{ lipsum() }}") == "error: lipsum is not supported: its text is drawn at random");
}

TEST_CASE("what hangs on inheritance is refused by name") {
  CHECK(jinja_says("{% for x in [1] %}{% block b %}{{ x }}{% endblock %}{% endfor %}") ==
        "error: a block within a loop, macro or other block is not supported");
  CHECK(jinja_says("{% block a %}{% block b %}{% endblock %}{% endblock %}").starts_with("error: a block within"));
  CHECK(jinja_says("{% block b required %}{% endblock %}").starts_with("error: a required block is not supported"));
  CHECK(jinja_says("{{ self.b() }}").ends_with("'self' is not supported: a chat template inherits nothing"));
}
