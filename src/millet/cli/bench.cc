// millet bench pretrain: seconds of a training step, for comparison with other software.
// millet bench tokenizer: seconds of loading a tokenizer and of encoding texts line by line on one thread, likewise.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "millet/cli/command.h"
#include "millet/cli/session.h"
#include "millet/cli/stderr_log.h"
#include "millet/core/rng.h"
#include "millet/data/packing.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/model/blueprint.h"
#include "millet/model/config_json.h"
#include "millet/model/init.h"
#include "millet/model/presets.h"
#include "millet/plan/estimate.h"
#include "millet/plan/hardware.h"
#include "millet/text/tokenizer.h"
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

static double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

static std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// Each text once, by a tokenizer that was loaded for it: no word is known from before.
static int bench_tokenizer(const Arguments& args) {
  const std::filesystem::path directory = args.path("tokenizer");
  for (const std::string& file : args.all("text")) {
    const std::vector<std::string> lines = lines_of(io::read_file(file));
    auto began = std::chrono::steady_clock::now();
    const text::Tokenizer tokenizer = text::Tokenizer::load(directory);
    const double loading = seconds_since(began);
    int64_t bytes = 0, tokens = 0, sum = 0;
    began = std::chrono::steady_clock::now();
    for (const std::string& line : lines) {
      const std::vector<int32_t> ids = tokenizer.encode(line, {.allow_special = true});
      tokens += static_cast<int64_t>(ids.size());
      for (const int32_t id : ids) sum += id;
      bytes += static_cast<int64_t>(line.size());
    }
    const double encoding = seconds_since(began);
    const io::Json result = io::Json::object({{"what", "tokenizer"},
                                              {"text", std::filesystem::path(file).filename().string()},
                                              {"lines", lines.size()},
                                              {"bytes", bytes},
                                              {"tokens", tokens},
                                              {"sum_of_ids", sum},
                                              {"seconds_loading", loading},
                                              {"seconds", encoding}});
    if (args.json())
      fmt::print("{}\n", result.dump());
    else
      fmt::print("{}: {} tokens of {} bytes in {:.3f} s, {:.1f} MB/s; loaded in {:.2f} s\n", file, tokens, bytes,
                 encoding, static_cast<double>(bytes) / encoding / 1e6, loading);
  }
  return 0;
}

static int bench_pretrain(const Arguments& args) {
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

static int run_bench(const Arguments& args) {
  const std::string what = args.text("WHAT");
  if (what == "pretrain") return bench_pretrain(args);
  if (what == "tokenizer") return bench_tokenizer(args);
  fail("nothing called '{}' can be measured: pretrain and tokenizer can", what);
}

extern const Command bench_command;
const Command bench_command{
    .name = "bench",
    .summary = "seconds of a training step or of encoding texts on this machine",
    .positionals = {{"WHAT", "pretrain or tokenizer"}},
    .options = {{"--model", "MODEL", "pretrain: a preset or a config.json"},
                {"--batch", "N", "pretrain: sequences a step", "16"},
                {"--context", "N", "pretrain: tokens a sequence", "256"},
                {"--steps", "N", "pretrain: steps to measure after one that is not", "5"},
                {"--tokenizer", "DIR", "tokenizer: the directory with its tokenizer.json"},
                {"--text", "FILE", "tokenizer: a text, encoded line by line; may be repeated", {}, true},
                option::threads,
                option::isa,
                option::json,
                option::quiet},
    .examples = {"millet bench pretrain --model bench/peers/ten_million.json --steps 5",
                 "millet bench tokenizer --tokenizer Qwen2.5-0.5B --text book.txt"},
    .run = run_bench};

}  // namespace millet::cli
