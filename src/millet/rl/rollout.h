// One step's rollouts: problems, sampled answers, their rewards. The weights are the trainer's own.
#pragma once

#include <vector>

#include "millet/infer/engine.h"
#include "millet/report/rollouts.h"
#include "millet/rl/algorithms/dynamic_sampling.h"
#include "millet/rl/config.h"
#include "millet/tasks/task.h"
#include "millet/text/answer_form.h"

namespace millet::rl {

// The engine that a job's rollouts run in.
infer::EngineOptions engine_options(const RlConfig& config);

// Difficulties of the job's problems: its own, or the task's default.
tasks::DifficultyRange difficulty_range(const RlConfig& config, const tasks::Task& task);

// What a step has drawn.
struct Drawn {
  // Group after group; those that are trained on first. The others (all right or all wrong, and drawn anew) are kept
  // for the record.
  std::vector<report::Rollout> rollouts;
  size_t trained = 0;  // rollouts
  GroupCount count;    // of all groups, by the reward for being right
  int64_t draws = 0;
};

// Was it rewarded for being right? In the control a coin decides that.
bool counts_as_right(const report::Rollout& rollout);

class RolloutMaker {
 public:
  // All must outlive it.
  RolloutMaker(const RlConfig& config, uint64_t seed, infer::Engine& engine, const text::AnswerForm& format,
               const tasks::Task& task);

  // The rollouts of step `step`: config.prompts problems of the training split, config.group answers each. Where
  // config.draws allows, problems whose answers are all right or all wrong are replaced by new ones; then groups that
  // are mixed alone are trained on, which may be fewer. Problems and draws are functions of (seed, step, place), so
  // that nothing has to be saved to go on.
  Drawn make(Context&, int64_t step);

  // `groups` groups for the pre-flight, of problems and draws that no step has.
  std::vector<report::Rollout> before_first_step(Context& ctx, int64_t groups) { return draw(ctx, -1, 0, groups); }

  const tasks::Task& task() const { return task_; }
  tasks::DifficultyRange range() const { return range_; }

 private:
  // Groups `first` … of step `step`, `count` of them.
  std::vector<report::Rollout> draw(Context&, int64_t step, int64_t first, int64_t count);

  const RlConfig& config_;
  uint64_t seed_;
  infer::Engine& engine_;
  const text::AnswerForm& format_;
  const tasks::Task& task_;
  tasks::DifficultyRange range_;
};

}  // namespace millet::rl
