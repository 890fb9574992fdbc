#include "millet/report/recipe_values.h"

#include <doctest/doctest.h>

using namespace millet::report;

TEST_CASE("values go by section and key, without the origin behind them") {
  const auto values = recipe_values(
      "# a remark = none\nseed = 1  # --set\n\n[rl.lr]\npeak = 0.0002  # recipes/demo.toml:32\nschedule = \"v3\"\n");
  CHECK(values.size() == 3);
  CHECK(values.at("seed") == "1");
  CHECK(values.at("rl.lr.peak") == "0.0002");
  CHECK(values.at("rl.lr.schedule") == "\"v3\"");
  CHECK(recipe_values("").empty());
}

TEST_CASE("the file of a recipe is the one that names its model") {
  CHECK(recipe_file("model = \"v3-mini\"  # recipes/demo.toml:5\nseed = 1  # --set\n") == "recipes/demo.toml");
  CHECK(recipe_file("model = \"v3-mini\"  # --set\nseed = 1  # a.toml:7\n").empty());
  CHECK(recipe_file("seed = 1  # a.toml:7\n").empty());
  CHECK(recipe_file("").empty());
}
