// What reinforcement learning will cost at most: every answer as long as it may be, no group skipped.
#pragma once

#include "millet/core/work.h"
#include "millet/model/decoder.h"
#include "millet/rl/config.h"
#include "millet/tasks/task.h"
#include "millet/text/answer_form.h"

namespace millet::rl {

struct ReinforceWorkOptions {
  int threads = 1;
  int64_t first_step = 0;  // of a run that goes on
};

// Phases, all of them upper bounds: "rollouts", "pre-flight" and "evaluation" (a unit is a step of the engine with all
// sequences decoding), "training" (a unit is a micro-batch), "updates" (a unit is an optimizer step). Nothing of the
// model is allocated; some problems are made to see how long prompts are.
Work reinforce_work(const RlConfig& config, const model::ModelConfig& model, const text::AnswerForm& form,
                    const tasks::Task& task, const ReinforceWorkOptions& options);

// Tokens of the longest prompt: among all problems of a list, or some of a task that makes them.
int64_t prompt_tokens(const RlConfig& config, const text::AnswerForm& form, const tasks::Task& task);

// What training and sampling take of the workspace at most: the loop reserves it in one piece.
int64_t reinforce_scratch_bytes(const RlConfig& config, const model::Decoder& model, int64_t longest, int threads);

}  // namespace millet::rl
