// Runs of reinforcement learning that take a second, from a model that earns something.
#pragma once

#include <memory>
#include <string>

#include "millet/core/clock.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/report/run_log.h"
#include "millet/rl/reinforce.h"
#include "millet/tasks/list.h"
#include "millet/text/thinking.h"
#include "tests/rl/small_rl.h"
#include "tests/train/small_job.h"

namespace millet::tests {

// A model that was trained a little, so that some answers earn something.
struct Trained : SmallJob {
  explicit Trained(const Folder& folder) {
    train::PretrainConfig config = small_training();
    config.steps = 60;
    config.validate_every = 0;
    config.checkpoint_every = 60;
    pretrain(config, folder / "base");
  }
};

inline train::Ended reinforce(SmallJob& job, const rl::RlConfig& config, const std::filesystem::path& dir,
                              int threads = 1, int64_t stop_at = 0, model::Decoder* reference = nullptr,
                              std::string* shown = nullptr, const tasks::Task* task = nullptr) {
  report::Run run = report::Run::create_or_resume(dir, {.verb = "rl", .seed = 1}, "");
  report::RunLog log(&run, nullptr);
  Context ctx(*job.device, threads, log);
  report::View view({.manner = shown == nullptr ? report::View::Manner::quiet : report::View::Manner::lines,
                     .screen = [] { return report::Screen{}; },
                     .write = [&](std::string_view bytes) { *shown += bytes; },
                     .now = seconds_now,
                     .line_interval = 0});
  const text::ThinkingFormat form(job.tokenizer);
  int64_t steps = 0;
  train::Hooks hooks;
  hooks.on_step = [&](const report::MetricsRow& row) { steps = row.step; };
  hooks.stop = [&] { return stop_at > 0 && steps >= stop_at; };
  return rl::reinforce(ctx, {.config = config,
                             .seed = 1,
                             .model = job.model,
                             .reference = reference,
                             .task = task != nullptr ? *task : tasks::find(config.task),
                             .form = form,
                             .companions = job.tokenizer.files(),
                             .run = run,
                             .view = view,
                             .hooks = hooks,
                             .peak_flops = 1e12});
}

// Another job with the same weights.
inline std::unique_ptr<SmallJob> copy_of(SmallJob& job) {
  auto other = std::make_unique<SmallJob>();
  for (nn::Parameter& p : other->parameters) {
    from_host(*other->device, to_host<float>(*job.device, job.parameters.at(p.name).value), p.value);
    p.touch();
  }
  return other;
}

}  // namespace millet::tests
