// millet bench pretrain: seconds of a training step, for comparison with other software.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "millet/cli/command.h"
#include "millet/cli/session.h"
#include "millet/cli/stderr_log.h"
#include "millet/core/rng.h"
#include "millet/data/packing.h"
#include "millet/io/json.h"
#include "millet/model/blueprint.h"
#include "millet/model/config_json.h"
#include "millet/model/init.h"
#include "millet/model/presets.h"
#include "millet/plan/estimate.h"
#include "millet/plan/hardware.h"
#include "millet/train/balance.h"
#include "millet/train/flops.h"
#include "millet/train/objective.h"
#include "millet/train/optimizer.h"

namespace millet::cli {

// Random ids in `batch` windows of `context` tokens, all scored.
static data::PackedBatch random_batch(int64_t batch, int64_t context, int64_t vocabulary) {
  Rng rng(1, "bench");
  std::vector<data::Example> examples(static_cast<size_t>(batch));
  for (data::Example& e : examples) {
    for (int64_t t = 0; t <= context; ++t) e.tokens.push_back(static_cast<int32_t>(rng.below(vocabulary)));
    e.scored.assign(e.tokens.size(), 1);
    e.scored[0] = 0;
  }
  return data::pack(examples, static_cast<double>(batch * context));
}

// Weights, gradients and AdamW's moments, and what a step keeps for its backward.
static void require_room(const model::ModelConfig& config, int64_t rows) {
  const model::Blueprint blueprint(config);
  const double bytes =
      4.0 * static_cast<double>(blueprint.weight_bytes()) +
      static_cast<double>(blueprint.decoder().training_bytes(rows, config.num_nextn_predict_layers > 0));
  const int64_t available = plan::this_machine().memory_available;
  require(available == 0 || bytes <= static_cast<double>(available),
          "this needs about {} of memory and {} are there: take a smaller --model, --batch or --context",
          plan::size_text(static_cast<int64_t>(bytes)), plan::size_text(available));
}

static int run_bench(const Arguments& args) {
  require(args.text("WHAT") == "pretrain", "nothing called '{}' can be measured: pretrain can", args.text("WHAT"));
  StderrLog log(args.quiet());
  const Machine machine(args, log);
  Context& ctx = *machine.ctx;
  model::ModelConfig config = model::find_config(args.text("model"));
  const int64_t batch = args.integer("batch", 1), context = args.integer("context", 1),
                steps = args.integer("steps", 1);
  model::fill_open_sizes(config, model::kBytesVocabulary, context);
  require_room(config, batch * context);
  nn::Parameters parameters(*machine.device, nn::Parameters::Mode::training);
  model::Decoder model(config, parameters);
  model::initialise(parameters, 1, {.layers = config.num_hidden_layers});
  train::Objective objective({}, model);
  train::Optimizer optimizer({}, parameters);

  const data::PackedBatch packed = random_batch(batch, context, config.vocab_size);
  std::vector<double> seconds;
  double loss = 0;
  for (int64_t step = 0; step < steps + 1; ++step) {  // the first is a warm-up
    const auto began = std::chrono::steady_clock::now();
    parameters.zero_grad();
    loss = objective.forward_backward(ctx, packed, batch).main;
    optimizer.step(ctx, 1e-4);
    const auto loads = train::take_expert_load(ctx, model.routers());
    train::update_bias(ctx, model.routers(), loads, 1e-3);
    if (step > 0) seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  std::vector<double> sorted = seconds;
  std::sort(sorted.begin(), sorted.end());
  const double median = sorted[sorted.size() / 2];
  const double flops = 3 * train::forward_flops(model, packed.segments, model.has_mtp());
  const io::Json result = io::Json::object({{"what", "pretrain"},
                                            {"parameters", parameters.elements()},
                                            {"tokens_per_step", batch * context},
                                            {"threads", args.threads()},
                                            {"seconds_per_step", median},
                                            {"tokens_per_second", static_cast<double>(batch * context) / median},
                                            {"model_flops_per_second", flops / median},
                                            {"loss", loss},
                                            {"seconds", io::Json::array_of(seconds)}});
  if (args.json())
    fmt::print("{}\n", result.dump());
  else
    fmt::print("{:.3f} s a step of {} tokens, {:.0f} tokens/s, {:.1f} GFLOP/s of the model\n", median, batch * context,
               static_cast<double>(batch * context) / median, flops / median / 1e9);
  return 0;
}

extern const Command bench_command;
const Command bench_command{.name = "bench",
                            .summary = "seconds of a training step on this machine",
                            .positionals = {{"WHAT", "pretrain"}},
                            .options = {{"--model", "MODEL", "a preset or a config.json"},
                                        {"--batch", "N", "sequences a step", "16"},
                                        {"--context", "N", "tokens a sequence", "256"},
                                        {"--steps", "N", "steps to measure after one that is not", "5"},
                                        option::threads,
                                        option::isa,
                                        option::json,
                                        option::quiet},
                            .examples = {"millet bench pretrain --model bench/peers/ten_million.json --steps 5"},
                            .run = run_bench};

}  // namespace millet::cli
