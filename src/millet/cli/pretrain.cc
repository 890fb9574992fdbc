// millet pretrain RECIPE: train a model on text and worked problems.
#include <fmt/core.h>

#include "millet/cli/command.h"
#include "millet/cli/key_table.h"
#include "millet/cli/recipe.h"
#include "millet/cli/session.h"
#include "millet/cli/training.h"
#include "millet/cli/version.h"
#include "millet/data/streams.h"
#include "millet/model/config_json.h"
#include "millet/model/directory.h"
#include "millet/model/presets.h"
#include "millet/plan/hardware.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/report/run_log.h"

namespace millet::cli {

// The architecture of the recipe, with the vocabulary and the end tokens of the tokenizer where it has none of its own.
// A preset without a length gets that of the examples: positions that were never trained only look like a longer model.
static model::ModelConfig config_of(const ReadRecipe& read, const text::Tokenizer& tokenizer) {
  std::string name = read.recipe.model;
  if (!name.empty() && std::filesystem::exists(read.folder / name)) name = (read.folder / name).string();
  model::ModelConfig config = model::find_config(name);
  model::fill_open_sizes(config, tokenizer.vocab_size(), read.recipe.data.context);
  require(
      config.vocab_size >= tokenizer.vocab_size(),
      "model '{}' has a vocabulary of {}, the tokenizer needs {}: take a model with more, or another data.tokenizer",
      name, config.vocab_size, tokenizer.vocab_size());
  if (tokenizer.bos()) config.bos_token_id = *tokenizer.bos();
  if (tokenizer.eos()) config.eos_token_id = {*tokenizer.eos()};
  try {
    config.check();
  } catch (const Error& e) {
    throw e.within(fmt::format("model '{}'", name));
  }
  return config;
}

// The architecture of `init`, which decides: what the recipe says otherwise is not used, and that is said.
static model::ModelConfig config_of_init(const ReadRecipe& read, const std::filesystem::path& init,
                                         const text::Tokenizer& tokenizer, Log& log) {
  const model::ModelConfig config = model::read_directory_config(init, log);
  const auto is_set = [&](std::string_view key) { return read.origins.at(std::string(key)) != "default"; };
  if (is_set("model")) {
    model::ModelConfig named = config_of(read, tokenizer);
    // Positions may be those of other examples, and end tokens are the tokenizer's.
    named.max_position_embeddings = config.max_position_embeddings;
    named.bos_token_id = config.bos_token_id;
    named.eos_token_id = config.eos_token_id;
    if (model::to_json(named) != model::to_json(config))
      log.warn("the model is that of init, {}: the recipe's own, '{}', is another and is not used", init.string(),
               read.recipe.model);
  }
  if (is_set("data.tokenizer"))
    log.warn("the tokenizer is that of init, {}: data.tokenizer is not used", init.string());
  return config;
}

// What another run has cost, by its last metrics.
static double flops_of(const std::filesystem::path& run) {
  require(report::is_run(run), "train.same_cost_as: {} is no run", run.string());
  double flops = 0;
  for (const report::MetricsRow& row : report::read_metrics(run)) {
    if (row.phase == "train" || row.phase == "rl") flops = row["flops"];
  }
  require(flops > 0, "train.same_cost_as: {} has no steps yet", run.string());
  return flops;
}

static int run_pretrain(const Arguments& args) {
  ReadRecipe read = read_recipe(args);
  Recipe& recipe = read.recipe;
  if (!recipe.train.same_cost_as.empty()) recipe.train.max_flops = flops_of(recipe.train.same_cost_as);
  const auto seed = static_cast<uint64_t>(recipe.seed);
  const std::filesystem::path out = args.out().value_or(std::filesystem::path("runs") / read.name);

  const report::RunInfo info{
      .verb = "pretrain", .version = version_text(), .machine = plan::this_machine().describe(), .seed = recipe.seed};
  if (!args.has("dry-run")) report::Run::check_place(out, info, read.resolved);

  report::View view = report::View::on_stderr(args.quiet());
  report::RunLog early_log(nullptr, &view);
  const Machine machine(args, early_log);

  // The model: random weights, or those of `init` with its tokenizer. What it costs is known before it is made.
  const std::filesystem::path init = recipe.init.empty() ? std::filesystem::path() : find_model(recipe.init, early_log);
  const text::Tokenizer tokenizer =
      init.empty() ? data::make_tokenizer(recipe.data, read.folder) : text::Tokenizer::load(init);
  const model::ModelConfig config =
      init.empty() ? config_of(read, tokenizer) : config_of_init(read, init, tokenizer, early_log);
  require(
      recipe.data.context <= config.max_position_embeddings,
      "data.context is {}, the model has {} positions (max_position_embeddings): lower data.context, or take a model "
      "with more",
      recipe.data.context, config.max_position_embeddings);
  const data::Streams streams = data::open_streams(recipe.data, tokenizer, seed, read.folder);
  for (const auto& corpus : streams.corpora) corpus->tell(early_log);
  return run_training(args, machine, view,
                      {.read = read,
                       .info = info,
                       .out = out,
                       .phase = "pre-training",
                       .config = config,
                       .init = init,
                       .tokenizer = tokenizer,
                       .streams = streams,
                       .companions = companions_of(tokenizer, init, config)});
}

extern const Command pretrain_command;
const Command pretrain_command{
    .name = "pretrain",
    .summary = "train a model on text and worked problems",
    .positionals = {{"RECIPE", "a TOML recipe"}},
    .options = {option::set, option::out, option::threads, option::seed, option::isa, option::dry_run, option::json,
                option::quiet},
    .examples = {"millet pretrain recipes/shakespeare.toml", "millet pretrain recipes/shakespeare.toml --dry-run",
                 "millet pretrain recipes/shakespeare.toml --set data.source=book.txt --out runs/book",
                 "millet pretrain recipes/demo.toml --set train.lr.peak=1e-3 --seed 2"},
    .keys = keys_of<Recipe>,
    .run = run_pretrain};

}  // namespace millet::cli
