#include "millet/cli/recipe.h"

#include "millet/core/error.h"
#include "millet/infer/sampling_params.h"
#include "millet/io/toml.h"
#include "millet/rl/algorithms/list.h"
#include "millet/tasks/list.h"

namespace millet::cli {

void EvalConfig::fields(Fields& f) {
  f("problems", problems, "held-out problems, answered greedily", between(1, 1e6));
  f("sampled_problems", sampled_problems, "of these at most, answered by samples as well", between(0, 1e6));
  f("samples", samples, "samples of such a problem: k of pass@k", between(0, 1e6));
  f("temperature", temperature, "of the samples", infer::kTemperatures);
  f("longer_min", longer_min, "least difficulty of the set that is harder than anything seen, 0 = no such set",
    count_from(0));
  f("longer_max", longer_max, "its greatest difficulty", count_from(0));
  f("longer_problems", longer_problems, "its problems", between(1, 1e6));
  f("longer_max_new_tokens", longer_max_new_tokens,
    "longest answer to these, in tokens, 0 = all positions that are left", count_from(0));
  f("transcripts", transcripts, "answers that are kept whole, for people to read", count_from(0));
  f("tasks", tasks, "further tasks to ask, by their names and in their default ranges, a set of problems each");
}

void EvalConfig::check() const {
  check_fields("eval", *this);
  require(longer_min <= longer_max, "eval.longer_min ({}) is above eval.longer_max ({}): give a range of difficulty",
          longer_min, longer_max);
  for (const std::string& name : tasks) tasks::find(name);  // refuses an unknown one before anything is asked
}

void Recipe::fields(Fields& f) {
  f("model", model, "the architecture: a preset, or the path of a config.json");
  f("init", init, "directory or run whose weights and tokenizer to start from; empty = random weights");
  f("seed", seed, "of all randomness", at_least(0));
  f.section("data", data, "what is read");
  f.section("train", train, "training: of pretrain and sft");
  f.section("sft", sft, "chats to be fine-tuned on");
  f.section("task", task, "problems of one's own, for rl and eval");
  f.section("rl", rl, "reinforcement learning");
  f.section("eval", eval, "measuring");
}

void Recipe::check() const {
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
  rl::apply_algorithm(read.recipe.rl, fields);
  read.recipe.check();
  read.resolved = fields.resolved_toml();
  for (const Field& f : fields.all()) read.origins[f.path] = f.origin;
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
