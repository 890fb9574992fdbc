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
  CHECK(cases > 880);
}
