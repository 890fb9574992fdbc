#include "millet/rl/reinforce.h"

#include <algorithm>
#include <cmath>

#include "millet/core/clock.h"
#include "millet/core/error.h"
#include "millet/eval/accuracy.h"
#include "millet/infer/engine.h"
#include "millet/rl/explain.h"
#include "millet/rl/objective.h"
#include "millet/rl/preflight.h"
#include "millet/rl/reference.h"
#include "millet/rl/reinforce_work.h"
#include "millet/rl/rollout.h"
#include "millet/rl/rollout_metrics.h"
#include "millet/rl/step_remarks.h"
#include "millet/tasks/split.h"
#include "millet/train/balance.h"
#include "millet/train/checkpoint.h"

namespace millet::rl {

namespace {

class Loop {
 public:
  Loop(Context& ctx, ReinforceJob& job)
      : ctx_(ctx),
        job_(job),
        config_(job.config),
        engine_(job.model, engine_options(job.config)),
        maker_(job.config, job.seed, engine_, job.form, job.task),
        optimizer_((freeze_mtp(job.model.parameters(), job.model.config()), job.config.optimizer),
                   job.model.parameters()),
        objective_(job.config, job.model),
        asked_(fmt::format("{:016x}", tasks::fingerprint(job.task))) {
    if (config_.grpo.needs_reference()) reference_.emplace(job.config, *job.reference, job.run.dir());
  }

  train::Ended run();

 private:
  void require_same_problems(const train::Checkpoint& checkpoint) const;
  void require_same_reference(const train::Checkpoint& checkpoint) const;
  void resume();
  void preflight();
  void step();
  void remark(const report::MetricsRow& row);
  void update(std::span<const Item> items, report::MetricsRow& row);
  void show(const report::MetricsRow& row);
  void evaluate();
  void remember(const report::MetricsRow& evaluation);
  void show_greedy();
  void complain();
  void complain_in_the_end();
  void save();

  Context& ctx_;
  ReinforceJob& job_;
  const RlConfig& config_;
  infer::Engine engine_;
  RolloutMaker maker_;
  train::Optimizer optimizer_;
  Objective objective_;
  std::optional<Reference> reference_;
  std::string asked_;  // the fingerprint of the task's problems

  int64_t step_ = 0;
  double flops_ = 0;
  RatioCheck ratio_;
  std::vector<tasks::Problem> problems_;  // of the evaluations on the way
  int64_t told_failures_ = 0;             // of what judges, when it was last told
  StepRemarks remarks_{config_};
  int64_t saved_step_ = -1;
  report::Status status_;
  report::Gauge greedy_;  // without a name: nothing was evaluated
};

// Other problems would go on without a word, to other bits than those of a run that never stopped.
void Loop::require_same_problems(const train::Checkpoint& checkpoint) const {
  const std::string then = checkpoint.state.at("rl").string_or("problems", "");
  require(then.empty() || then == asked_,
          "{}: checkpoint-{} was trained on other problems than the recipe gives now: a file of task.problems or "
          "task.test has changed since. Put it back, or begin a new run with --out",
          job_.run.dir().string(), checkpoint.step);
}

// What `init` gives may be another model by now: a run stands for its newest checkpoint.
void Loop::require_same_reference(const train::Checkpoint& checkpoint) const {
  const std::string then = checkpoint.state.at("rl").string_or("reference", "");
  const std::string now = reference_ ? reference_->first() : "";
  require(then.empty() || now.empty() || then == now,
          "{}: checkpoint-{} was held to another reference than init gives now (its weights have the hash {}, those of "
          "init {}). Name the checkpoint that the run began with (--set init=…/checkpoint-N), or begin a new run with "
          "--out",
          job_.run.dir().string(), checkpoint.step, then, now);
}

void Loop::resume() {
  if (const auto newest = train::newest_checkpoint(job_.run.dir(), ctx_.log())) {
    const train::Checkpoint c = train::load_checkpoint(*newest, job_.model, optimizer_);
    const io::Json& state = c.state.at("rl");
    step_ = saved_step_ = c.step;
    flops_ = state.at("flops").as_double();
    ratio_ = {.tokens = state.at("ratio_tokens").as_int(), .mismatches = state.at("ratio_mismatches").as_int()};
    const bool goes_on = step_ < config_.steps;  // one that is finished is left as it is
    if (goes_on) require_same_problems(c);
    if (reference_) reference_->restore(step_);
    if (goes_on) require_same_reference(c);
    ctx_.log().info("goes on from {}", newest->filename().string());
  }
  job_.run.cut_back(saved_step_);  // −1: what was measured before the first step goes too
  for (const report::MetricsRow& row : report::read_metrics(job_.run.dir())) {
    if (row.phase == "eval") remember(row);
    if (row.phase == "rl") remarks_.add(row);
  }
}

void Loop::preflight() {
  const Preflight facts = rl::preflight(maker_.before_first_step(ctx_, config_.preflight));
  job_.run.append(preflight_row(facts));
  ctx_.log().info("{}", describe(facts));
  for (const std::string& warning : warnings(facts, config_)) ctx_.log().warn("{}", warning);
  complain();
}

static int64_t tokens_of(std::span<const report::Rollout> rollouts) {
  int64_t tokens = 0;
  for (const report::Rollout& r : rollouts) tokens += std::ssize(r.ids);
  return tokens;
}

void Loop::step() {
  const double began = seconds_now();
  status_.activity = "rollouts";
  const double flops_before = flops_;
  const infer::EngineFacts before = engine_.facts();
  const int64_t failures_before = job_.task.unjudged();
  Drawn drawn = maker_.make(ctx_, step_);
  complain();
  const std::span<report::Rollout> rollouts = std::span(drawn.rollouts).first(drawn.trained);
  const infer::EngineFacts after = engine_.facts();
  // From whole numbers, so that what the engine did before this step cannot show in it.
  const double rollout_flops =
      engine_.flops(after.rows - before.rows, after.keys - before.keys, after.drawn - before.drawn);
  flops_ += rollout_flops;
  status_.flops += rollout_flops;
  const double rolled = seconds_now();

  // Log-probabilities under the reference, and what leaving it costs where that is part of the reward.
  std::vector<std::vector<float>> reference(rollouts.size());
  if (reference_) {
    std::vector<const report::Rollout*> all;
    for (const report::Rollout& r : rollouts) all.push_back(&r);
    reference = reference_->log_probs(ctx_, all);
  }
  const double kl = config_.grpo.kl_in_reward() ? charge_kl(config_.grpo, rollouts, reference) : 0;

  std::vector<Sample> samples;
  for (const report::Rollout& r : rollouts) {
    samples.push_back({.group = r.group,
                       .tokens = static_cast<int64_t>(r.ids.size()),
                       .reward = r.reward.total,
                       .truncated = r.truncated});
  }
  const Weighted weighted = weigh(config_.grpo, samples);
  for (size_t i = 0; i < rollouts.size(); ++i) rollouts[i].advantage = weighted.advantage[i];

  report::MetricsRow row = rollout_metrics(step_ + 1, drawn.rollouts);
  record(drawn, config_.draws > 1, row);
  if (job_.task.asks_a_program())
    row.values.emplace_back("checker_failures", static_cast<double>(job_.task.unjudged() - failures_before));
  row.values.emplace_back("zero_variance",
                          static_cast<double>(weighted.groups_without_variance) / static_cast<double>(weighted.groups));
  row.values.emplace_back("nearly_flat", static_cast<double>(weighted.groups_nearly_flat));
  if (config_.grpo.kl_in_reward()) row.values.emplace_back("kl", kl);
  std::vector<Item> items;
  for (size_t i = 0; i < rollouts.size(); ++i) {
    if (!weighted.computed[i]) continue;
    items.push_back({.rollout = &rollouts[i],
                     .advantage = weighted.advantage[i],
                     .token_weight = weighted.token_weight[i] * static_cast<double>(config_.minibatches),
                     .reference_log_probs = config_.grpo.kl_in_loss() ? &reference[i] : nullptr});
  }
  status_.activity = "training";
  update(items, row);
  ++step_;

  const double seconds = seconds_now() - began;
  row.values.insert(row.values.end(), {{"flops", flops_},
                                       {"rollout_seconds", rolled - began},
                                       {"training_seconds", seconds_now() - rolled},
                                       {"seconds", seconds}});
  if (job_.peak_flops > 0) row.values.emplace_back("mfu", (flops_ - flops_before) / seconds / job_.peak_flops);
  job_.run.write_rollouts(step_, drawn.rollouts);
  job_.run.append(row);
  if (job_.hooks.on_step) job_.hooks.on_step(row);
  status_.step_seconds += seconds;
  status_.tokens += tokens_of(drawn.rollouts);
  const report::Rollout& shown = drawn.rollouts.front();
  status_.sample = fmt::format("{} {} → {}", shown.prompt, shown.thinking, shown.answer);
  show(row);
  remark(row);
}

void Loop::remark(const report::MetricsRow& row) {
  remarks_.add(row);
  for (const std::string& warning : remarks_.warnings()) ctx_.log().warn("{}", warning);
  if (remarks_.end().empty()) return;
  save();
  complain_in_the_end();
  fail("{}", remarks_.end());
}

// config.epochs passes over the items in config.minibatches optimizer steps each. Before the first of these the ratio
// is 1: the log-probabilities must be the sampled bits.
void Loop::update(std::span<const Item> items, report::MetricsRow& row) {
  nn::Parameters& parameters = job_.model.parameters();
  const std::vector<nn::Router*> routers = job_.model.routers();
  train::take_expert_load(ctx_, routers);
  Result total;
  double grad_norm = 0;
  int64_t updates = 0;
  RatioCheck here;
  const double lr = train::learning_rate(config_.lr, step_, config_.steps);
  for (int64_t epoch = 0; epoch < config_.epochs; ++epoch) {
    for (int64_t m = 0; m < config_.minibatches; ++m) {
      const size_t first = items.size() * static_cast<size_t>(m) / static_cast<size_t>(config_.minibatches);
      const size_t end = items.size() * static_cast<size_t>(m + 1) / static_cast<size_t>(config_.minibatches);
      if (first == end) continue;
      parameters.zero_grad();
      const Result result = objective_.forward_backward(ctx_, items.subspan(first, end - first));
      if (updates == 0) here = {.tokens = result.tokens, .mismatches = result.mismatches};
      total += result;
      const train::Optimizer::Outcome outcome = optimizer_.step(ctx_, lr);
      if (outcome.skipped) ctx_.log().warn("step {}: the gradient is not finite, weights were left alone", step_ + 1);
      grad_norm += outcome.grad_norm;
      ++updates;
    }
  }
  const std::vector<train::ExpertLoad> loads = train::take_expert_load(ctx_, routers);
  train::update_bias(ctx_, routers, loads, config_.bias_update_speed);
  const train::LoadSummary load = train::summarise(loads);
  status_.expert_load = load.share;
  status_.max_vio = load.share.empty() ? std::nan("") : load.max_violation;

  flops_ += total.flops;
  status_.flops += total.flops;
  ratio_.tokens += here.tokens;
  ratio_.mismatches += here.mismatches;
  if (here.mismatches > 0) {
    ctx_.log().warn("step {}: {} of {} log-probabilities are not the bits that were sampled", step_ + 1,
                    here.mismatches, here.tokens);
  }
  const auto tokens = static_cast<double>(std::max<int64_t>(total.tokens, 1));
  // Weights are a minibatch's, and each sample was seen in every epoch: the mean over all of it is the step's loss.
  const auto passes = static_cast<double>(config_.minibatches * config_.epochs);
  row.values.insert(row.values.end(), {{"loss", total.loss / passes},
                                       {"grad_norm", updates > 0 ? grad_norm / static_cast<double>(updates) : 0.0},
                                       {"lr", lr},
                                       {"clipped", static_cast<double>(total.clipped) / tokens},
                                       {"largest_ratio", total.largest_ratio},
                                       {"ratio_tokens", static_cast<double>(here.tokens)},
                                       {"ratio_mismatches", static_cast<double>(here.mismatches)}});
  if (config_.grpo.kl_in_loss()) row.values.emplace_back("kl", total.kl / tokens);
  train::record(loads, row);
}

void Loop::show(const report::MetricsRow& row) {
  status_.step = step_;
  status_.gauges = {{"accuracy", row["accuracy"], report::Unit::fraction},
                    {"reward", row["reward"]},
                    {"length", row["length"], report::Unit::tokens},
                    {"entropy", row["entropy"]},
                    {"thinks", row["thinks"], report::Unit::fraction}};
  show_greedy();
  status_.ratio_tokens = ratio_.tokens;
  status_.ratio_mismatches = ratio_.mismatches;
  job_.view.update(status_);
}

// Behind the accuracy of the rollouts.
void Loop::show_greedy() {
  if (greedy_.name.empty()) return;
  std::erase_if(status_.gauges, [&](const report::Gauge& g) { return g.name == greedy_.name; });
  status_.gauges.insert(status_.gauges.begin() + 1, greedy_);
}

void Loop::evaluate() {
  const bool is_first = problems_.empty();
  if (is_first) {
    // A set of its own: the one that is reported in the end stays unseen by whoever watches this curve.
    problems_ = tasks::evaluation_set(maker_.task(), tasks::Split::test, maker_.range(), config_.evaluate_problems,
                                      random_key(job_.seed, "evaluation on the way").key);
    if (std::ssize(problems_) < config_.evaluate_problems)
      ctx_.log().info(
          "evaluations on the way ask all {} problems that task '{}' holds out in this range "
          "(rl.evaluate_problems is {})",
          problems_.size(), job_.task.name(), config_.evaluate_problems);
  }
  const report::Evaluation score = eval::accuracy(ctx_, engine_, job_.form, job_.task, problems_,
                                                  {.max_new_tokens = config_.max_new_tokens, .seed = job_.seed});
  if (is_first && score.limited + score.too_long > 0)
    ctx_.log().warn(
        "evaluations on the way: {} of {} problems leave fewer than {} of the model's positions (rl.max_new_tokens), "
        "so answers to them are cut off earlier; {} are too long to be asked",
        score.limited + score.too_long, score.problems, config_.max_new_tokens, score.too_long);
  report::MetricsRow row{.step = step_,
                         .phase = "eval",
                         .values = {{"pass1", score.pass1}, {"length", score.length}, {"thinks", score.thinks}}};
  if (job_.task.asks_a_program())
    row.values.emplace_back("checker_failures", static_cast<double>(score.checker_failures));
  job_.run.append(row);
  complain();
  if (job_.hooks.on_validate) job_.hooks.on_validate(row);
  remember(row);
  if (status_.gauges.empty()) return;  // before the first step there is no picture to complete
  show_greedy();
  job_.view.update(status_);
}

// What judging could not do: told when it first happens, whenever it has become twice as much, and in the end.
void Loop::complain() {
  const int64_t failures = job_.task.unjudged();
  if (failures == 0 || failures < 2 * told_failures_) return;
  told_failures_ = failures;
  ctx_.log().warn("{}", job_.task.complaints());
}

void Loop::complain_in_the_end() {
  if (job_.task.unjudged() > told_failures_) ctx_.log().warn("{}", job_.task.complaints());
}

// The live view shows the latest evaluation until the next.
void Loop::remember(const report::MetricsRow& evaluation) {
  greedy_ = {.name = "greedy",
             .value = evaluation["pass1"],
             .unit = report::Unit::fraction,
             .remark = fmt::format("(step {})", evaluation.step)};
}

void Loop::save() {
  if (saved_step_ == step_) return;
  saved_step_ = step_;
  io::Json own = io::Json::object({{"flops", flops_},
                                   {"ratio_tokens", ratio_.tokens},
                                   {"ratio_mismatches", ratio_.mismatches},
                                   {"problems", asked_}});
  if (reference_ && !reference_->first().empty()) own["reference"] = reference_->first();
  io::Json state = io::Json::object({{"step", step_}, {"rl", std::move(own)}});
  train::save_checkpoint(job_.run.dir(), {.step = step_, .state = std::move(state)}, job_.model, optimizer_,
                         job_.companions, {.newest = config_.keep_checkpoints, .every = config_.keep_every});
  if (reference_) reference_->remove_stale();  // of checkpoints that have just gone
}

train::Ended Loop::run() {
  const int64_t longest = prompt_tokens(config_, job_.form, job_.task) + config_.max_new_tokens;
  ctx_.workspace().reserve(reinforce_scratch_bytes(config_, job_.model, longest, ctx_.threads()));
  resume();
  job_.run.log(explain(config_));
  status_.phase = "reinforcement learning";
  status_.steps = config_.steps;
  status_.step = step_;
  status_.peak_flops = job_.peak_flops;
  auto due = [&](int64_t every) { return every > 0 && step_ % every == 0; };
  if (step_ == 0 && config_.preflight > 0) preflight();
  if (step_ == 0 && config_.evaluate_every > 0) evaluate();
  while (step_ < config_.steps) {
    if (job_.hooks.stop && job_.hooks.stop()) {
      save();
      complain_in_the_end();
      return train::Ended::stopped;
    }
    step();
    if (reference_ && reference_->renew(step_, job_.model)) ctx_.log().info("step {}: a new reference", step_);
    if (due(config_.evaluate_every)) evaluate();
    if (due(config_.checkpoint_every)) save();
  }
  save();
  complain_in_the_end();
  job_.view.finish();
  return train::Ended::finished;
}

}  // namespace

train::Ended reinforce(Context& ctx, ReinforceJob job) {
  require(!job.config.grpo.needs_reference() || job.reference != nullptr,
          "rl.grpo.kl_beta needs a reference model: name the one to start from with init");
  return Loop(ctx, job).run();
}

}  // namespace millet::rl
