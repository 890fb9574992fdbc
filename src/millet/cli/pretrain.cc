// millet pretrain RECIPE: train a model on text and worked problems.
#include "millet/train/pretrain.h"

#include <fmt/core.h>

#include "millet/cli/command.h"
#include "millet/cli/ending.h"
#include "millet/cli/estimate.h"
#include "millet/cli/interrupt.h"
#include "millet/cli/key_table.h"
#include "millet/cli/recipe.h"
#include "millet/cli/session.h"
#include "millet/cli/stderr_log.h"
#include "millet/cli/version.h"
#include "millet/data/streams.h"
#include "millet/infer/generate.h"
#include "millet/model/blueprint.h"
#include "millet/model/config_json.h"
#include "millet/model/directory.h"
#include "millet/model/init.h"
#include "millet/model/presets.h"
#include "millet/ops/cpu/ceiling.h"
#include "millet/plan/calibrate.h"
#include "millet/plan/hardware.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/report/run_log.h"
#include "millet/train/pretrain_rehearsal.h"
#include "millet/train/pretrain_work.h"

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

static infer::EngineOptions sampling_options() {
  return {.max_rows = 64, .cache_pages = infer::Engine::pages_for(1, kSampleTokens + 1)};
}

// What samples on the way take, beside the model.
static int64_t sampling_bytes(const model::ModelConfig& config) {
  const model::Blueprint blueprint(config);
  return infer::Engine::cache_bytes(blueprint.decoder(), sampling_options()) +
         infer::Engine::step_bytes(blueprint.decoder(), sampling_options(), 1);
}

// Seconds of the job's parts. A short job's calibration is short beside it.
static std::vector<plan::UnitTime> rehearse(Context& ctx, const train::PretrainConfig& train,
                                            const model::ModelConfig& config, const data::Streams& streams) {
  train::PretrainRehearsal rehearsal(ctx, train, config, *streams.train);
  const int64_t most = std::max<int64_t>(1, train.steps / 20);
  std::vector<plan::UnitTime> times{
      {"training", plan::seconds_of([&] { rehearsal.step(); }, {.seconds = 1.7, .most = most})}};
  if (!streams.validation.empty()) {
    const data::Source& source = *streams.validation.front().source;
    times.push_back(
        {"validation", plan::seconds_of([&] { rehearsal.validate(source); }, {.seconds = 0.3, .most = most})});
  }
  return times;
}

// What the model writes by now, into the run and the view.
static void write_sample(Context& ctx, model::Decoder& model, const text::Tokenizer& tokenizer, uint64_t seed,
                         int64_t step, report::Run& run, report::View& view) {
  infer::Engine engine(model, sampling_options());
  const infer::Generated sample =
      infer::generate(ctx, engine, tokenizer, sample_prompt(tokenizer),
                      {.sampling = {.temperature = 0.8, .seed = seed, .step = static_cast<uint64_t>(step)},
                       .max_new_tokens = kSampleTokens,
                       .stop_ids = infer::stop_ids(tokenizer, model.config())});
  run.append(report::Sample{.step = step, .prompt = "", .text = sample.text});
  view.note(fmt::format("step {}: {}", step, sample.text));
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
  const Work work =
      train::pretrain_work(recipe.train, config, *streams.train, streams.validation,
                           {.threads = args.threads(),
                            .context = recipe.data.context,
                            .first_step = step_reached(out),
                            .sampling_bytes = recipe.train.sample_every > 0 ? sampling_bytes(config) : 0});
  const bool ends_here = estimate_job(args, work, [&] {
    Context scratch(*machine.device, args.threads());
    return rehearse(scratch, recipe.train, config, streams);
  });
  if (ends_here) return 0;

  nn::Parameters parameters(*machine.device, nn::Parameters::Mode::training);
  model::Decoder model(config, parameters);
  if (init.empty()) {
    model::initialise(parameters, seed,
                      {.scheme = model::parse_init(recipe.train.init),
                       .standard_deviation = recipe.train.init_std,
                       .layers = config.num_hidden_layers});
  } else {
    model::load_weights(init, config, parameters, early_log);
  }

  const InterruptWatch watch([&](std::string_view text) { args.quiet() ? tell(text, 0) : view.note(text); });
  report::Run run = report::Run::create_or_resume(out, info, read.resolved);
  report::RunLog log(&run, &view);
  Context ctx(*machine.device, args.threads(), log);

  train::Hooks hooks{.stop = interrupted};
  hooks.on_sample = [&](int64_t step) { write_sample(ctx, model, tokenizer, seed, step, run, view); };
  const train::Ended ended = train::pretrain(ctx, {.config = recipe.train,
                                                   .model = model,
                                                   .companions = tokenizer.files(),
                                                   .training = *streams.train,
                                                   .validation = streams.validation,
                                                   .run = run,
                                                   .view = view,
                                                   .hooks = hooks,
                                                   .peak_flops = ops::cpu::measure_peak_flops(ctx)});
  return end_run(run, view, ended);
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
