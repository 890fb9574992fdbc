#include "millet/data/sft_config.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;

TEST_CASE("chats are files, epochs are positive") {
  data::SftConfig config;
  Fields fields;
  config.fields(fields);
  fields.set_text("source=a.json", "--set");
  CHECK(config.source == std::vector<std::string>{"a.json"});
  CHECK_THROWS_WITH_AS(fields.set_text("epochs=0", "--set"), doctest::Contains("epochs"), Error);
}
