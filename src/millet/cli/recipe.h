// A recipe: everything that a documented job is made of. Verbs take the sections that they need.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "millet/cli/arguments.h"
#include "millet/core/fields.h"
#include "millet/data/config.h"
#include "millet/data/sft_config.h"
#include "millet/rl/config.h"
#include "millet/tasks/file_config.h"
#include "millet/train/pretrain_config.h"

namespace millet::cli {

struct EvalConfig {
  int64_t problems = 512;
  int64_t sampled_problems = 128;
  int64_t samples = 16;
  double temperature = 1;
  int64_t longer_min = 0;
  int64_t longer_max = 0;
  int64_t longer_problems = 128;
  int64_t longer_max_new_tokens = 160;
  int64_t transcripts = 16;
  std::vector<std::string> tasks;

  void fields(Fields& f);
  void check() const;
};

struct Recipe {
  std::string model = "v3-mini";
  std::string init;
  int64_t seed = 1;
  data::Config data;
  train::PretrainConfig train;
  data::SftConfig sft;
  tasks::FileConfig task;
  rl::RlConfig rl;
  EvalConfig eval;

  void fields(Fields& f);
  void check() const;
};

// What `read_recipe` found, with the text of the resolved recipe: every key with its origin.
struct ReadRecipe {
  Recipe recipe;
  std::string resolved;
  std::map<std::string, std::string> origins;  // of each key: "default", "recipe.toml:12", "--set"
  std::filesystem::path folder;                // of the file: paths in it may be relative to it
  std::string name;                            // of the file, without its extension
};

// From the file RECIPE, --set and --seed.
ReadRecipe read_recipe(const Arguments& args);
// From the recipe.toml of a run.
ReadRecipe read_recipe(const std::filesystem::path& file, const std::vector<std::string>& sets);

}  // namespace millet::cli
