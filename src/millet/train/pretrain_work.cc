#include "millet/train/pretrain_work.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "millet/model/blueprint.h"
#include "millet/train/pretrain_step.h"
#include "millet/train/validation.h"

namespace millet::train {

namespace {

// What the examples of a source are like, by a few of them, spread over it.
struct Habit {
  double rows = 0;     // of an example
  double squares = 0;  // Σ rows² of one: attention grows with it
  double scored = 0;   // tokens
  double examples = INFINITY;

  int64_t context() const { return std::max<int64_t>(1, std::lround(squares / rows)); }
};

Habit habit_of(const data::Source& source) {
  constexpr uint64_t kLookedAt = 64;
  Habit h;
  const auto size = source.size();
  if (size) h.examples = static_cast<double>(*size);
  const uint64_t n = std::min(kLookedAt, size.value_or(kLookedAt));
  for (uint64_t i = 0; i < n; ++i) {
    const data::Example e = source.at(size ? i * *size / n : i);
    const auto rows = static_cast<double>(e.rows()), each = 1 / static_cast<double>(n);
    h.rows += each * rows;
    h.squares += each * rows * rows;
    h.scored += each * static_cast<double>(std::count(e.scored.begin(), e.scored.end(), uint8_t{1}));
  }
  return h;
}

// Rows of one validation of a source: all of it, or enough for the tokens that are wanted.
double rows_of_validation(const Habit& h, int64_t tokens) {
  const double all = h.rows * h.examples;
  return tokens > 0 && h.scored > 0 ? std::min(all, static_cast<double>(tokens) * h.rows / h.scored) : all;
}

int64_t validations(const PretrainConfig& config, int64_t first_step, int64_t steps) {
  if (first_step >= steps) return 0;
  if (config.validate_every == 0) return 1;
  const int64_t on_the_way = steps / config.validate_every - first_step / config.validate_every;
  return on_the_way + (steps % config.validate_every != 0 ? 1 : 0);
}

}  // namespace

int64_t pretrain_scratch_bytes(const PretrainConfig& config, const model::Decoder& model, int threads) {
  const int64_t rows = micro_batch_rows(config);
  const nn::Cost cost = model.cost(rows, rows, trains_mtp(config, model));
  // Beside an operation's own scratch, alignment; and the loss's log_prob, lse and gradient.
  const int64_t forward_backward = cost.scratch_bytes + threads * cost.thread_bytes;
  const int64_t loss = nn::arena_bytes(rows, rows, rows);
  const int64_t validation = nn::arena_bytes(validation_batch_rows(config), validation_batch_rows(config));
  const int64_t optimizer = Optimizer::scratch_bytes(config.optimizer, model.parameters(), threads);
  return std::max({forward_backward, loss, validation, optimizer}) + 1024;
}

Work pretrain_work(const PretrainConfig& config, const model::ModelConfig& model_config, const data::Source& training,
                   std::span<const data::Validation> validation, const PretrainWorkOptions& options) {
  const model::Blueprint blueprint(model_config);
  const model::Decoder& model = blueprint.decoder();
  const bool mtp = trains_mtp(config, model);
  Work work;

  const Habit habit = habit_of(training);
  const auto step_rows = static_cast<double>(config.step_tokens);
  const double step_flops = 3 * model.cost(config.step_tokens, habit.context(), mtp).flops;
  int64_t steps = config.steps;
  if (config.max_flops > 0) {
    const double bound = std::ceil(config.max_flops / step_flops);
    if (bound < static_cast<double>(steps)) steps = std::max<int64_t>(1, static_cast<int64_t>(bound));
  }
  const auto left = static_cast<double>(std::max<int64_t>(0, steps - options.first_step));
  work.phases.push_back({.name = "training", .units = left, .flops = left * step_flops, .tokens = left * step_rows});

  // A batch of validation is as large as the budget, or as the largest source.
  double validation_rows = 0, batch_rows = 0;
  int64_t context = 1;
  for (const data::Validation& v : validation) {
    const Habit h = habit_of(*v.source);
    const double rows = rows_of_validation(h, config.validate_tokens);
    validation_rows += rows;
    batch_rows = std::max(batch_rows, std::min(rows, static_cast<double>(validation_batch_rows(config))));
    context = std::max(context, h.context());
  }
  if (validation_rows > 0) {
    const auto times = static_cast<double>(validations(config, options.first_step, steps));
    const double flops = model.cost(std::lround(batch_rows), context, false).flops;
    work.phases.push_back({.name = "validation",
                           .units = times * validation_rows / batch_rows,
                           .flops = times * validation_rows / batch_rows * flops,
                           .tokens = times * validation_rows});
  }

  // Memory. Arenas and buffers take what they are asked for, in whole pages.
  const int64_t weights = blueprint.weight_bytes(), largest = 4 * blueprint.largest_parameter();
  // A last batch may have one example more than its budget's share suggests: the budget itself is the bound.
  const int64_t rows = micro_batch_rows(config);
  const int64_t validated =
      validation.empty() ? 0 : std::min(validation_batch_rows(config), std::lround(validation_rows) + options.context);
  const int64_t most_rows = std::max(rows, validated);
  const int64_t activations = std::max(model.training_bytes(rows, mtp), model.inference_bytes(validated, validated));
  const nn::Cost cost = model.cost(rows, rows, mtp);
  const int64_t scratch = pretrain_scratch_bytes(config, model, options.threads);
  // On the host: a step's examples and batches, expert ids while rows are routed, the angles of RoPE; while a
  // checkpoint is written, a copy of one tensor.
  constexpr int64_t kHostBytesOfRow = 64;
  const int64_t host = config.step_tokens * kHostBytesOfRow +
                       most_rows * (kHostBytesOfRow + 24 * model_config.num_experts_per_tok) +
                       16 * options.context * model_config.rotary_dim() + largest;

  const std::string smaller = "take a smaller model";
  const std::string fewer_rows =
      fmt::format("set train.micro_batch_tokens below {}{}", rows,
                  config.micro_batch_tokens > 0 ? "" : ", which is the whole step (train.step_tokens)");
  work.memory = {{"weights", weights, smaller},
                 {"gradients", weights, smaller},
                 {"optimizer", Optimizer::state_bytes(config.optimizer, blueprint.parameters()), smaller},
                 {"activations", Buffer::footprint(activations), fewer_rows},
                 {"scratch", Buffer::footprint(scratch) + host, fewer_rows}};
  if (!validation.empty() || options.sampling_bytes > 0)
    work.memory.push_back({"packed weights", cost.packed_bytes, smaller});
  if (options.sampling_bytes > 0)
    work.memory.push_back({"samples", options.sampling_bytes, "set train.sample_every=0"});
  return work;
}

}  // namespace millet::train
