// The reinforcement-learning loop (R1-Zero): roll out, judge, update, on the same weights in the same process.
#pragma once

#include "millet/core/context.h"
#include "millet/model/decoder.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/rl/config.h"
#include "millet/tasks/task.h"
#include "millet/text/answer_form.h"
#include "millet/train/checkpoint.h"
#include "millet/train/hooks.h"
#include "millet/train/pretrain.h"

namespace millet::rl {

struct ReinforceJob {
  const RlConfig& config;
  uint64_t seed = 0;
  model::Decoder& model;                // with the weights to start from; its second prediction is frozen here
  model::Decoder* reference = nullptr;  // the same weights, kept as they are; needed where config.grpo.kl_beta > 0
  const tasks::Task& task;
  const text::AnswerForm& form;
  train::CompanionFiles companions;  // the tokenizer's files, for checkpoints
  report::Run& run;
  report::View& view;
  train::Hooks hooks;
  double peak_flops = 0;
};

// What log-probabilities were compared between rollouts and trainer, before the first update of each step's rollouts.
struct RatioCheck {
  int64_t tokens = 0;
  int64_t mismatches = 0;
};

// Goes on from the run's newest good checkpoint if there is one, with the same bits. Rollouts, metrics and checkpoints
// go into the run.
train::Ended reinforce(Context&, ReinforceJob job);

}  // namespace millet::rl
