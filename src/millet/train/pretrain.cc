#include "millet/train/pretrain.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "millet/core/error.h"
#include "millet/data/packing.h"
#include "millet/train/balance.h"
#include "millet/train/flops.h"

namespace millet::train {

static double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double validation_loss(Context& ctx, Objective& objective, const data::Source& source, int64_t batch_rows,
                       int64_t tokens) {
  double sum = 0;
  int64_t scored = 0;
  for (uint64_t index = 0; tokens == 0 || scored < tokens;) {
    // Weights of 1: the sum is divided once, by what was scored in the end.
    const data::PackedStep step = data::pack_step(source, index, {.rows = batch_rows, .denominator = 1});
    if (step.examples == 0) break;
    for (const data::PackedBatch& batch : step.batches) sum += objective.evaluate(ctx, batch).main;
    scored += step.scored;
    index = step.end_index;
  }
  require(scored > 0, "validation: there is no text to validate on");
  return sum / static_cast<double>(scored);
}

namespace {

// The loop's position and sums: what a checkpoint keeps of it.
struct Position {
  int64_t step = 0;
  uint64_t example = 0;  // where the next step begins
  double flops = 0;      // of training so far

  io::Json to_json() const { return io::Json::object({{"example", static_cast<int64_t>(example)}, {"flops", flops}}); }
};

class Loop {
 public:
  Loop(Context& ctx, PretrainJob& job)
      : ctx_(ctx),
        job_(job),
        config_(job.config),
        optimizer_(config_.optimizer, job.model.parameters()),
        objective_(config_.objective, job.model) {}

  Ended run();

 private:
  void resume();
  void step();
  void validate();
  void save();
  // Where the cost ends the run before the steps do, the bar counts towards that.
  int64_t steps_expected() const {
    if (config_.max_flops <= 0 || at_.flops <= 0) return config_.steps;
    const double expected = static_cast<double>(at_.step) * config_.max_flops / at_.flops;
    return std::min(config_.steps, static_cast<int64_t>(std::ceil(expected)));
  }
  bool done() const { return at_.step >= config_.steps || (config_.max_flops > 0 && at_.flops >= config_.max_flops); }

  Context& ctx_;
  PretrainJob& job_;
  const PretrainConfig& config_;
  Optimizer optimizer_;
  Objective objective_;
  Position at_;
  report::Status status_;
  int64_t saved_step_ = -1;
  int64_t validated_step_ = -1;
};

void Loop::resume() {
  const auto newest = newest_checkpoint(job_.run.dir(), ctx_.log());
  if (newest) {
    const Checkpoint c = load_checkpoint(*newest, job_.model, optimizer_);
    at_.step = saved_step_ = c.step;
    at_.example = static_cast<uint64_t>(c.state.at("pretrain").at("example").as_int());
    at_.flops = c.state.at("pretrain").at("flops").as_double();
    ctx_.log().info("goes on from {}", newest->filename().string());
  }
  job_.run.cut_back(saved_step_);  // −1: what was measured before the first step goes too
}

void Loop::step() {
  const double began = seconds_now();
  nn::Parameters& parameters = job_.model.parameters();
  parameters.zero_grad();
  const data::PackedStep step = data::pack_step(
      job_.training, at_.example, {.rows = config_.step_tokens, .batch_rows = config_.micro_batch_tokens});
  require(step.examples > 0, "training: the source has come to its end at step {}", at_.step);
  int64_t segments = 0;
  for (const data::PackedBatch& b : step.batches) segments += static_cast<int64_t>(b.segments.size());
  const bool mtp = job_.model.has_mtp() && config_.objective.mtp_weight > 0;
  Losses losses;
  double flops = 0;
  for (const data::PackedBatch& b : step.batches) {
    losses += objective_.forward_backward(ctx_, b, segments);
    flops += 3 * forward_flops(job_.model, b.segments, mtp);
  }

  const double lr = learning_rate(config_.lr, at_.step, config_.steps);
  const Optimizer::Outcome outcome = optimizer_.step(ctx_, lr);
  if (outcome.skipped) ctx_.log().warn("step {}: the gradient is not finite, weights were left alone", at_.step + 1);
  const std::vector<nn::Router*> routers = job_.model.routers();
  const std::vector<ExpertLoad> loads = take_expert_load(ctx_, routers);
  update_bias(ctx_, routers, loads, config_.bias_update_speed);
  ++at_.step;
  at_.example = step.end_index;
  at_.flops += flops;

  const double seconds = seconds_now() - began;
  report::MetricsRow row{.step = at_.step, .phase = "train", .values = {{"loss", losses.main}}};
  if (mtp) row.values.emplace_back("mtp_loss", losses.mtp);
  if (!routers.empty() && config_.objective.balance_alpha > 0) row.values.emplace_back("balance_loss", losses.balance);
  row.values.insert(row.values.end(), {{"lr", lr},
                                       {"grad_norm", outcome.grad_norm},
                                       {"tokens", static_cast<double>(step.rows)},
                                       {"seconds", seconds},
                                       {"flops", at_.flops}});
  if (job_.peak_flops > 0) row.values.emplace_back("mfu", flops / seconds / job_.peak_flops);
  const LoadSummary load = summarise(loads);
  if (!loads.empty()) {
    row.values.emplace_back("max_vio", load.max_violation);
    for (size_t l = 0; l < loads.size(); ++l)
      row.values.emplace_back(fmt::format("max_vio/{}", l), loads[l].max_violation());
    for (size_t e = 0; e < load.share.size(); ++e)
      row.values.emplace_back(fmt::format("expert_load/{}", e), load.share[e]);
  }
  job_.run.append(row);
  if (job_.hooks.on_step) job_.hooks.on_step(row);

  status_.step = at_.step;
  status_.steps = steps_expected();
  status_.tokens += step.rows;
  status_.flops += flops;
  status_.gauges = {{"loss", losses.main}, {"lr", lr}, {"grad norm", outcome.grad_norm}};
  status_.expert_load = load.share;
  status_.max_vio = loads.empty() ? std::nan("") : load.max_violation;
  job_.view.update(status_);
}

// One number a source, and their mean where there are several.
void Loop::validate() {
  if (job_.validation.empty() || validated_step_ == at_.step) return;
  validated_step_ = at_.step;
  const int64_t rows =
      config_.micro_batch_tokens > 0 ? config_.micro_batch_tokens : std::max<int64_t>(config_.step_tokens, 4096);
  report::MetricsRow row{.step = at_.step, .phase = "validate", .values = {{"loss", 0.0}}};
  double mean = 0;
  for (const data::Validation& v : job_.validation) {
    const double loss = validation_loss(ctx_, objective_, *v.source, rows, config_.validate_tokens);
    mean += loss / static_cast<double>(job_.validation.size());
    if (job_.validation.size() > 1) row.values.emplace_back("loss/" + v.name, loss);
  }
  row.values.front().second = mean;
  job_.run.append(row);
  if (job_.hooks.on_validate) job_.hooks.on_validate(row);
  job_.view.note(fmt::format("step {}: validation loss {:.4f}", at_.step, mean));
}

void Loop::save() {
  if (saved_step_ == at_.step) return;
  saved_step_ = at_.step;
  io::Json state = io::Json::object({{"step", at_.step}, {"pretrain", at_.to_json()}});
  save_checkpoint(job_.run.dir(), {.step = at_.step, .state = std::move(state)}, job_.model, optimizer_,
                  job_.companions, config_.keep_checkpoints);
}

Ended Loop::run() {
  resume();
  status_.phase = "pre-training";
  status_.steps = config_.steps;
  status_.step = at_.step;
  status_.peak_flops = job_.peak_flops;
  auto due = [&](int64_t every) { return every > 0 && at_.step % every == 0; };
  while (!done()) {
    if (job_.hooks.stop && job_.hooks.stop()) {
      save();
      return Ended::stopped;
    }
    step();
    if (due(config_.validate_every)) validate();
    if (due(config_.sample_every) && job_.hooks.on_sample) job_.hooks.on_sample(at_.step);
    if (due(config_.checkpoint_every)) save();
  }
  validate();
  save();
  job_.view.finish();
  return Ended::finished;
}

}  // namespace

Ended pretrain(Context& ctx, PretrainJob job) {
  return Loop(ctx, job).run();
}

}  // namespace millet::train
