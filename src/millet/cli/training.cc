#include "millet/cli/training.h"

#include <fmt/core.h>

#include "millet/cli/ending.h"
#include "millet/cli/estimate.h"
#include "millet/cli/interrupt.h"
#include "millet/cli/stderr_log.h"
#include "millet/infer/generate.h"
#include "millet/io/file.h"
#include "millet/model/blueprint.h"
#include "millet/model/directory.h"
#include "millet/model/init.h"
#include "millet/ops/cpu/ceiling.h"
#include "millet/plan/calibrate.h"
#include "millet/report/run_log.h"
#include "millet/text/utf8.h"
#include "millet/train/pretrain.h"
#include "millet/train/pretrain_rehearsal.h"
#include "millet/train/pretrain_work.h"

namespace millet::cli {

static constexpr int64_t kSampleTokens = 200;

// Samples begin as documents do: with <bos>, or as after a line of running text, or after the end of another document.
static std::vector<int32_t> sample_prompt(const text::Tokenizer& tokenizer) {
  if (tokenizer.bos()) return {*tokenizer.bos()};
  if (tokenizer.id_of("\n")) return {*tokenizer.id_of("\n")};
  return {tokenizer.eos().value_or(0)};
}

// What was read of the texts, into the run's files and its log. (The view was told before the estimate.)
static void record_corpora(const data::Streams& streams, report::Run& run) {
  if (streams.corpora.empty()) return;
  report::RunLog log(&run, nullptr);
  io::Json sources = io::Json::object();
  for (const auto& corpus : streams.corpora) {
    corpus->tell(log);
    sources[text::replace_invalid_utf8(corpus->name)] = corpus->to_json();
  }
  io::write_file_atomically(run.dir() / "data.json", io::Json::object({{"sources", std::move(sources)}}).pretty());
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

train::CompanionFiles companions_of(const text::Tokenizer& tokenizer, const std::filesystem::path& init,
                                    const model::ModelConfig& config) {
  train::CompanionFiles files = tokenizer.files();
  if (!init.empty()) files.emplace_back("generation_config.json", model::generation_config(init, config));
  return files;
}

int run_training(const Arguments& args, const Machine& machine, report::View& view, const TrainingJob& job) {
  const Recipe& recipe = job.read.recipe;
  const model::ModelConfig& config = job.config;
  const auto seed = static_cast<uint64_t>(recipe.seed);
  const Work work =
      train::pretrain_work(recipe.train, config, *job.streams.train, job.streams.validation,
                           {.threads = args.threads(),
                            .context = recipe.data.context,
                            .first_step = step_reached(job.out),
                            .sampling_bytes = recipe.train.sample_every > 0 ? sampling_bytes(config) : 0});
  const bool ends_here = estimate_job(args, work, [&] {
    Context scratch(*machine.device, args.threads());
    return rehearse(scratch, recipe.train, config, job.streams);
  });
  if (ends_here) return 0;

  nn::Parameters parameters(*machine.device, nn::Parameters::Mode::training);
  model::Decoder model(config, parameters);
  if (job.init.empty()) {
    model::initialise(parameters, seed,
                      {.scheme = model::parse_init(recipe.train.init),
                       .standard_deviation = recipe.train.init_std,
                       .layers = config.num_hidden_layers});
  } else {
    report::RunLog early_log(nullptr, &view);
    model::load_weights(job.init, config, parameters, early_log);
  }

  const InterruptWatch watch([&](std::string_view text) { args.quiet() ? tell(text, 0) : view.note(text); });
  report::Run run = report::Run::create_or_resume(job.out, job.info, job.read.resolved);
  report::RunLog log(&run, &view);
  Context ctx(*machine.device, args.threads(), log);
  record_corpora(job.streams, run);

  train::Hooks hooks{.stop = interrupted};
  hooks.on_sample = [&](int64_t step) { write_sample(ctx, model, job.tokenizer, seed, step, run, view); };
  if (job.on_run) job.on_run(run);
  const train::Ended ended = train::pretrain(ctx, {.config = recipe.train,
                                                   .model = model,
                                                   .phase = job.phase,
                                                   .companions = job.companions,
                                                   .training = *job.streams.train,
                                                   .validation = job.streams.validation,
                                                   .run = run,
                                                   .view = view,
                                                   .hooks = hooks,
                                                   .peak_flops = ops::cpu::measure_peak_flops(ctx)});
  return end_run(run, view, ended);
}

}  // namespace millet::cli
