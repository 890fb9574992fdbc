#include "millet/data/config.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;

TEST_CASE("the keys of a recipe reach the config, parts of a mixture included") {
  data::Config config;
  Fields fields;
  fields.section("data", config, "");
  fields.set_text("data.context=64", "--set");
  fields.set_text("data.mix.chains.task=chain", "--set");
  fields.set_text("data.mix.chains.direct=0.8", "--set");
  fields.set_text("data.mix.chains.max=9", "--set");
  fields.set_text("data.mix.plays.source=shakespeare.txt", "--set");
  CHECK(config.context == 64);
  CHECK(config.mix.size() == 2);
  CHECK(config.mix.at("chains").task == "chain");
  CHECK(config.mix.at("chains").direct == 0.8);
  CHECK(config.mix.at("chains").max == 9);
  CHECK(config.mix.at("plays").source == "shakespeare.txt");
}

TEST_CASE("a mistyped key of the section is refused with the nearest one") {
  data::Config config;
  Fields fields;
  fields.section("data", config, "");
  CHECK_THROWS_WITH_AS(fields.set_text("data.contxt=64", "--set"), doctest::Contains("'data.context'"), Error);
  CHECK_THROWS_WITH_AS(fields.set_text("data.mix.a.alout=1", "--set"), doctest::Contains("'data.mix.a.aloud'"), Error);
}

TEST_CASE("every field has a help that says more than its name") {
  data::Config config;
  Fields fields;
  fields.section("data", config, "");
  for (const Field& f : fields.all()) CHECK(f.help.size() > 20);
  CHECK(fields.map_rows().size() == 10);
}
