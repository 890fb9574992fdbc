#include "millet/train/pretrain.h"

#include <algorithm>
#include <cmath>

#include "millet/core/clock.h"
#include "millet/core/error.h"
#include "millet/data/packing.h"
#include "millet/train/pretrain_step.h"
#include "millet/train/pretrain_work.h"
#include "millet/train/validation.h"

namespace millet::train {

namespace {

// The loop's position and sums: what a checkpoint keeps of it.
struct Position {
  int64_t step = 0;
  uint64_t example = 0;  // where the next step begins
  double flops = 0;      // of training so far
};

class Loop {
 public:
  Loop(Context& ctx, PretrainJob& job)
      : ctx_(ctx),
        job_(job),
        config_(job.config),
        optimizer_(config_.optimizer, job.model.parameters()),
        objective_(config_.objective, job.model),
        examples_(fmt::format("{:016x}", job.training.fingerprint())) {}

  Ended run();

 private:
  void require_same_examples(const std::filesystem::path& checkpoint) const;
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
  std::string examples_;  // the fingerprint of the stream
  Position at_;
  report::Status status_;
  int64_t saved_step_ = -1;
  int64_t validated_step_ = -1;
};

// Other examples would go on without a word, to other bits than those of a run that never stopped.
void Loop::require_same_examples(const std::filesystem::path& checkpoint) const {
  const io::Json state = io::read_json(checkpoint / "state.json");
  const std::string then = state.at("pretrain").string_or("examples", "");
  require(then.empty() || then == examples_,
          "{}: {} was trained on other examples than the recipe gives now: a text of [data] has changed since. Put it "
          "back, or begin a new run with --out",
          job_.run.dir().string(), checkpoint.filename().string());
}

void Loop::resume() {
  const auto newest = newest_checkpoint(job_.run.dir(), ctx_.log());
  if (newest) {
    require_same_examples(*newest);
    const Checkpoint c = load_checkpoint(*newest, job_.model, optimizer_);
    at_.step = saved_step_ = c.step;
    at_.example = static_cast<uint64_t>(c.state.at("pretrain").at("example").as_int());
    at_.flops = c.state.at("pretrain").at("flops").as_double();
    ctx_.log().info("goes on from {}", newest->filename().string());
  }
  job_.run.cut_back(saved_step_);  // −1: what was measured before the first step goes too
  for (const report::MetricsRow& row : report::read_metrics(job_.run.dir())) {
    if (row.phase == "validate") validated_step_ = row.step;
  }
}

void Loop::step() {
  const double began = seconds_now();
  const PretrainStep done =
      pretrain_step(ctx_, config_, job_.model, objective_, optimizer_, job_.training, at_.step, at_.example);
  if (done.outcome.skipped) {
    ctx_.log().warn("step {}: the gradient is not finite, weights were left alone", at_.step + 1);
  }
  ++at_.step;
  at_.example = done.end_example;
  at_.flops += done.flops;

  const double seconds = seconds_now() - began;
  report::MetricsRow row{.step = at_.step, .phase = "train", .values = {{"loss", done.losses.main}}};
  if (trains_mtp(config_, job_.model)) row.values.emplace_back("mtp_loss", done.losses.mtp);
  if (!done.loads.empty() && config_.objective.balance_alpha > 0)
    row.values.emplace_back("balance_loss", done.losses.balance);
  row.values.insert(row.values.end(), {{"lr", done.lr},
                                       {"grad_norm", done.outcome.grad_norm},
                                       {"tokens", static_cast<double>(done.rows)},
                                       {"seconds", seconds},
                                       {"flops", at_.flops}});
  if (job_.peak_flops > 0) row.values.emplace_back("mfu", done.flops / seconds / job_.peak_flops);
  record(done.loads, row);
  job_.run.append(row);
  if (job_.hooks.on_step) job_.hooks.on_step(row);

  status_.step = at_.step;
  status_.steps = steps_expected();
  status_.tokens += done.rows;
  status_.flops += done.flops;
  status_.step_seconds += seconds;
  status_.gauges = {{"loss", done.losses.main}, {"lr", done.lr}, {"grad norm", done.outcome.grad_norm}};
  const LoadSummary load = summarise(done.loads);
  status_.expert_load = load.share;
  status_.max_vio = done.loads.empty() ? std::nan("") : load.max_violation;
  job_.view.update(status_);
}

// One number a source, and their mean where there are several.
void Loop::validate() {
  if (job_.validation.empty() || validated_step_ == at_.step) return;
  validated_step_ = at_.step;
  report::MetricsRow row{.step = at_.step, .phase = "validate", .values = {{"loss", 0.0}}};
  double mean = 0;
  std::string bits;
  for (const data::Validation& v : job_.validation) {
    const ValidationLoss found = validation_loss(ctx_, objective_, config_, *v.source);
    mean += found.loss / static_cast<double>(job_.validation.size());
    const bool several = job_.validation.size() > 1;
    if (several) row.values.emplace_back("loss/" + v.name, found.loss);
    if (std::isnan(found.bits_per_byte)) continue;
    row.values.emplace_back(several ? "bits_per_byte/" + v.name : "bits_per_byte", found.bits_per_byte);
    bits += fmt::format(", {:.4f} bits a byte{}", found.bits_per_byte, several ? " of " + v.name : "");
  }
  row.values.front().second = mean;
  job_.run.append(row);
  if (job_.hooks.on_validate) job_.hooks.on_validate(row);
  job_.view.note(fmt::format("step {}: validation loss {:.4f}{}", at_.step, mean, bits));
}

void Loop::save() {
  if (saved_step_ == at_.step) return;
  saved_step_ = at_.step;
  io::Json position =
      io::Json::object({{"example", static_cast<int64_t>(at_.example)}, {"flops", at_.flops}, {"examples", examples_}});
  io::Json state = io::Json::object({{"step", at_.step}, {"pretrain", std::move(position)}});
  save_checkpoint(job_.run.dir(), {.step = at_.step, .state = std::move(state)}, job_.model, optimizer_,
                  job_.companions, {.newest = config_.keep_checkpoints, .every = config_.keep_every});
}

Ended Loop::run() {
  ctx_.workspace().reserve(pretrain_scratch_bytes(config_, job_.model, ctx_.threads()));
  resume();
  status_.phase = job_.phase;
  status_.steps = config_.steps;
  status_.step = at_.step;
  status_.peak_flops = job_.peak_flops;
  auto due = [&](int64_t every) { return every > 0 && at_.step % every == 0; };
  if (const int64_t rise = config_.lr.warmup; at_.step == 0 && rise > config_.steps)
    ctx_.log().info("train.lr.warmup is {} of {} steps: the learning rate only comes to {:.0f} % of its peak", rise,
                    config_.steps, 100.0 * static_cast<double>(config_.steps) / static_cast<double>(rise));
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
