#include "millet/cli/recipe.h"

#include "millet/core/error.h"
#include "millet/io/toml.h"

namespace millet::cli {

void EvalConfig::fields(Fields& f) {
  f("problems", problems, "held-out problems, answered greedily");
  f("sampled_problems", sampled_problems, "of these, answered by samples as well");
  f("samples", samples, "samples of such a problem: k of pass@k");
  f("temperature", temperature, "of the samples");
  f("longer_min", longer_min, "least difficulty of the set that is harder than anything seen, 0 = no such set");
  f("longer_max", longer_max, "its greatest difficulty");
  f("longer_problems", longer_problems, "its problems");
  f("longer_max_new_tokens", longer_max_new_tokens, "longest answer to these, in tokens");
  f("transcripts", transcripts, "answers that are kept whole, for people to read");
}

void EvalConfig::check() const {
  require(problems > 0, "eval.problems is {}, it must be positive", problems);
  require(sampled_problems >= 0 && sampled_problems <= problems,
          "eval.sampled_problems is {}, it must be between 0 and eval.problems ({})", sampled_problems, problems);
  require(samples >= 0, "eval.samples is {}, it must not be negative", samples);
  require(temperature > 0, "eval.temperature is {}, it must be positive", temperature);
  require(longer_min >= 0 && longer_min <= longer_max, "eval.longer_min ({}) and longer_max ({}) are no range",
          longer_min, longer_max);
  require(longer_problems > 0 && longer_max_new_tokens > 0 && transcripts >= 0,
          "eval.longer_problems and longer_max_new_tokens must be positive, transcripts not negative");
}

void Recipe::fields(Fields& f) {
  f("model", model, "the architecture: a preset, or the path of a config.json");
  f("init", init, "directory or run whose weights and tokenizer to start from; empty = random weights");
  f("seed", seed, "of all randomness");
  f.section("data", data, "what is read");
  f.section("train", train, "pre-training");
  f.section("rl", rl, "reinforcement learning");
  f.section("eval", eval, "measuring");
}

void Recipe::check() const {
  require(seed >= 0, "seed is {}, it must not be negative", seed);
  train.check();
  rl.check();
  eval.check();
}

ReadRecipe read_recipe(const std::filesystem::path& file, const std::vector<std::string>& sets) {
  ReadRecipe read;
  Fields fields;
  read.recipe.fields(fields);
  io::read_toml(file, fields);
  for (const std::string& assignment : sets) fields.set_text(assignment, "--set");
  read.recipe.check();
  read.resolved = fields.resolved_toml();
  read.folder = file.parent_path();
  read.name = file.stem().string();
  return read;
}

ReadRecipe read_recipe(const Arguments& args) {
  std::vector<std::string> sets = args.sets();
  if (const auto seed = args.seed()) sets.push_back(fmt::format("seed={}", *seed));
  return read_recipe(args.path("RECIPE"), sets);
}

}  // namespace millet::cli
