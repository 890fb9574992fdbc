// Pages that list keys of a recipe list what the program knows.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "millet/core/fields.h"
#include "millet/rl/config.h"
#include "tests/docs/pages.h"

using namespace millet;
using namespace millet::docs;

static std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> part;
  for (size_t n; (n = fread(part.data(), 1, part.size(), pipe)) > 0;) output.append(part.data(), n);
  REQUIRE(pclose(pipe) == 0);
  return output;
}

static const std::string kTitle = "Keys of the recipe (--set KEY=VALUE):\n";

// The table between its title and the examples in `millet pretrain --help`.
static std::string table_in(const std::string& help) {
  const size_t title = help.find(kTitle), end = help.find("\n\n", title);
  REQUIRE(title != std::string::npos);
  REQUIRE(end != std::string::npos);
  return help.substr(title + kTitle.size(), end + 1 - title - kTitle.size());
}

static std::string page_of(const std::string& table) {
  return "# Keys of a recipe\n\n"
         "Every key that a recipe may have, with type, default and meaning: what `millet pretrain --help` prints. A "
         "recipe is TOML, `train.lr.peak` is `peak` in the section `[train.lr]`; on the command line it is `--set "
         "train.lr.peak=1e-3`. `<name>` is a name of your own. The pages [pretrain.md](pretrain.md) and "
         "[reinforce.md](reinforce.md) say what to change when.\n\n"
         "```\n" +
         table + "```\n";
}

TEST_CASE("docs/recipe_keys.md is the table of `millet pretrain --help`") {
  const std::string right = page_of(table_in(output_of(std::string(MILLET_PROGRAM) + " pretrain --help")));
  const bool same = read_page("docs/recipe_keys.md").text == right;
  const std::filesystem::path made = std::filesystem::path(MILLET_PROGRAM).parent_path() / "recipe_keys.md";
  if (!same) std::ofstream(made, std::ios::binary) << right;
  CHECK_MESSAGE(same, "docs/recipe_keys.md is stale; to renew it: cp ", made.string(), " docs/recipe_keys.md");
}

TEST_CASE("docs/reinforce.md explains every choice of GRPO and of the reward") {
  const std::string text = read_page("docs/reinforce.md").text;
  rl::RlConfig config;
  Fields fields;
  fields.section("rl", config, "");
  int keys = 0;
  for (const Field& f : fields.all()) {
    if (!f.path.starts_with("rl.grpo.") && !f.path.starts_with("rl.reward.")) continue;
    ++keys;
    CHECK_MESSAGE(text.find("`" + f.path + "`") != std::string::npos, f.path, " is not explained");
  }
  CHECK(keys > 10);
}
