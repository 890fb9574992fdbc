#include "millet/cli/recipe.h"

#include <doctest/doctest.h>

#include <fstream>

#include "millet/core/error.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

static const std::filesystem::path kRecipes = std::filesystem::path(MILLET_SOURCE_DIR) / "recipes";

TEST_CASE("every recipe that ships is read, and its resolved form says the same") {
  const Folder folder("recipe");
  for (const auto& entry : std::filesystem::directory_iterator(kRecipes)) {
    if (entry.path().extension() != ".toml") continue;
    CAPTURE(entry.path().string());
    const cli::ReadRecipe read = cli::read_recipe(entry.path(), {});
    std::ofstream(folder / "resolved.toml") << read.resolved;
    const cli::ReadRecipe again = cli::read_recipe(folder / "resolved.toml", {});
    CHECK(again.recipe.train.steps == read.recipe.train.steps);
    CHECK(again.recipe.data.mix.size() == read.recipe.data.mix.size());
    CHECK(again.recipe.rl.grpo.normalisation == read.recipe.rl.grpo.normalisation);
  }
}

TEST_CASE("a mistyped key is refused with its nearest, in the file and on the command line") {
  const Folder folder("typo");
  std::ofstream(folder / "a.toml") << "[train]\nstepz = 5\n";
  CHECK_THROWS_WITH_AS(cli::read_recipe(folder / "a.toml", {}), doctest::Contains("did you mean 'train.steps'"), Error);
  std::ofstream(folder / "b.toml") << "[train]\nsteps = 5\n";
  CHECK_THROWS_WITH_AS(cli::read_recipe(folder / "b.toml", {"train.lr.peek=1"}),
                       doctest::Contains("did you mean 'train.lr.peak'"), Error);
  CHECK_THROWS_WITH_AS(cli::read_recipe(folder / "b.toml", {"eval.problems=0"}),
                       doctest::Contains("key 'eval.problems' is 0, it must be between 1 and"), Error);
  const cli::ReadRecipe read = cli::read_recipe(folder / "b.toml", {"train.steps=7"});
  CHECK(read.recipe.train.steps == 7);
  CHECK(read.resolved.find("steps = 7  # --set") != std::string::npos);
}

TEST_CASE("an algorithm's name sets what the recipe leaves open; origins tell, and the resolved recipe says the same") {
  const Folder folder("algorithm");
  std::ofstream(folder / "a.toml") << "[rl]\nmax_new_tokens = 50\n[rl.grpo]\nclip_high = 0.25\n";
  const cli::ReadRecipe read = cli::read_recipe(folder / "a.toml", {"rl.algorithm=dapo", "rl.draws=3"});
  CHECK(read.recipe.rl.grpo.normalisation == "token");
  CHECK(read.recipe.rl.grpo.clip_high == 0.25);
  CHECK(read.recipe.rl.draws == 3);
  CHECK(read.recipe.rl.reward.overlong_cache == 10);
  CHECK(read.origins.at("rl.grpo.normalisation") == "rl.algorithm = dapo");
  CHECK(read.origins.at("rl.draws") == "--set");
  std::ofstream(folder / "resolved.toml") << read.resolved;
  const cli::ReadRecipe again = cli::read_recipe(folder / "resolved.toml", {"rl.max_new_tokens=5"});
  CHECK(again.recipe.rl.reward.overlong_max == 50);
  CHECK(again.recipe.rl.grpo.clip_high == 0.25);
}

TEST_CASE("further tasks of an evaluation are refused by name") {
  const Folder folder("tasks");
  std::ofstream(folder / "a.toml") << "[eval]\ntasks = [\"addition\", \"partiy\"]\n";
  CHECK_THROWS_WITH_AS(cli::read_recipe(folder / "a.toml", {}), doctest::Contains("did you mean 'parity'"), Error);
}
