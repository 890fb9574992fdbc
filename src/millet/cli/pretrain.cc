// millet pretrain RECIPE: train a model on text and worked problems.
#include "millet/train/pretrain.h"

#include <fmt/core.h>

#include "millet/cli/command.h"
#include "millet/cli/interrupt.h"
#include "millet/cli/key_table.h"
#include "millet/cli/recipe.h"
#include "millet/cli/session.h"
#include "millet/cli/stderr_log.h"
#include "millet/cli/version.h"
#include "millet/data/streams.h"
#include "millet/infer/generate.h"
#include "millet/model/config_json.h"
#include "millet/model/init.h"
#include "millet/report/html.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/report/run_log.h"
#include "millet/train/checkpoint.h"

namespace millet::cli {

// The architecture of the recipe, with the vocabulary and the end tokens of the tokenizer where it has none of its own.
static model::ModelConfig config_of(const ReadRecipe& read, const text::Tokenizer& tokenizer) {
  std::string name = read.recipe.model;
  if (std::filesystem::exists(read.folder / name)) name = (read.folder / name).string();
  model::ModelConfig config = model::find_config(name);
  if (config.vocab_size == 0) config.vocab_size = tokenizer.vocab_size();
  require(config.vocab_size >= tokenizer.vocab_size(), "model '{}' has a vocabulary of {}, the tokenizer needs {}",
          name, config.vocab_size, tokenizer.vocab_size());
  if (tokenizer.bos()) config.bos_token_id = *tokenizer.bos();
  if (tokenizer.eos()) config.eos_token_id = {*tokenizer.eos()};
  config.check();
  return config;
}

static constexpr int64_t kSampleTokens = 200;

// Samples begin as documents do; a tokenizer without <bos> begins with a line break, or its first token.
static std::vector<int32_t> sample_prompt(const text::Tokenizer& tokenizer) {
  if (tokenizer.id_of("\n")) return {*tokenizer.id_of("\n")};
  return {tokenizer.bos().value_or(0)};
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

static int run(const Arguments& args) {
  ReadRecipe read = read_recipe(args);
  Recipe& recipe = read.recipe;
  if (!recipe.train.same_cost_as.empty()) recipe.train.max_flops = flops_of(recipe.train.same_cost_as);
  const auto seed = static_cast<uint64_t>(recipe.seed);
  const std::filesystem::path out = args.out().value_or(std::filesystem::path("runs") / read.name);

  report::View view = report::View::on_stderr(args.quiet());
  report::RunLog early_log(nullptr, &view);
  const Machine machine(args, early_log);

  // The model: random weights, or those of `init` with its tokenizer.
  std::unique_ptr<LoadedModel> loaded;
  std::unique_ptr<nn::Parameters> fresh;
  std::unique_ptr<model::Decoder> decoder;
  std::optional<text::Tokenizer> tokenizer;
  if (!recipe.init.empty()) {
    loaded = std::make_unique<LoadedModel>(recipe.init, *machine.ctx, nn::Parameters::Mode::training);
    tokenizer = text::Tokenizer::load(loaded->directory);
  } else {
    tokenizer = data::make_tokenizer(recipe.data, read.folder);
    const model::ModelConfig config = config_of(read, *tokenizer);
    fresh = std::make_unique<nn::Parameters>(*machine.device, nn::Parameters::Mode::training);
    decoder = std::make_unique<model::Decoder>(config, *fresh);
    model::initialise(*fresh, seed,
                      {.scheme = model::parse_init(recipe.train.init),
                       .standard_deviation = recipe.train.init_std,
                       .layers = config.num_hidden_layers});
  }
  model::Decoder& model = loaded ? *loaded->decoder : *decoder;
  const data::Streams streams = data::open_streams(recipe.data, *tokenizer, seed, read.folder);

  report::Run run = report::Run::create_or_resume(
      out, {.verb = "pretrain", .version = version_text(), .seed = recipe.seed}, read.resolved);
  report::RunLog log(&run, &view);
  Context ctx(*machine.device, args.threads(), log);
  watch_interrupts();

  train::Hooks hooks{.stop = interrupted};
  hooks.on_sample = [&](int64_t step) {
    infer::Engine engine(model, {.max_rows = 64, .cache_pages = infer::Engine::pages_for(1, kSampleTokens + 1)});
    const infer::Generated sample =
        infer::generate(ctx, engine, *tokenizer, sample_prompt(*tokenizer),
                        {.sampling = {.temperature = 0.8, .seed = seed, .step = static_cast<uint64_t>(step)},
                         .max_new_tokens = kSampleTokens,
                         .stop_ids = infer::stop_ids(*tokenizer, model.config())});
    run.append(report::Sample{.step = step, .prompt = "", .text = sample.text});
    view.note(fmt::format("step {}: {}", step, sample.text));
  };
  const train::Ended ended = train::pretrain(ctx, {.config = recipe.train,
                                                   .model = model,
                                                   .companions = tokenizer->files(),
                                                   .training = *streams.train,
                                                   .validation = streams.validation,
                                                   .run = run,
                                                   .view = view,
                                                   .hooks = hooks});
  if (ended == train::Ended::stopped) {
    run.interrupt(interrupt_name());
    fmt::print(stderr, "stopped by {}; the same command goes on\n", interrupt_name());
    return 1;
  }
  run.finish();
  report::write_page(out);
  fmt::print("{}\n", out.string());
  return 0;
}

extern const Command pretrain_command;
const Command pretrain_command{
    .name = "pretrain",
    .summary = "train a model on text and worked problems",
    .positionals = {{"RECIPE", "a TOML recipe"}},
    .options = {option::set, option::out, option::threads, option::seed, option::isa, option::quiet},
    .examples = {"millet pretrain recipes/shakespeare.toml",
                 "millet pretrain recipes/shakespeare.toml --set data.source=book.txt --out runs/book",
                 "millet pretrain recipes/demo.toml --set train.lr.peak=1e-3 --seed 2"},
    .keys = keys_of<Recipe>,
    .run = run};

}  // namespace millet::cli
