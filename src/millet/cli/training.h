// A job of the training loop, from its streams to its end: estimate, weights, run directory, loop. What pretrain and
// sft share.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "millet/cli/arguments.h"
#include "millet/cli/recipe.h"
#include "millet/cli/session.h"
#include "millet/data/streams.h"
#include "millet/model/config.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/text/tokenizer.h"
#include "millet/train/checkpoint.h"

namespace millet::cli {

struct TrainingJob {
  const ReadRecipe& read;
  report::RunInfo info;
  std::filesystem::path out;
  std::string phase;  // "pre-training", as progress shows it
  model::ModelConfig config;
  std::filesystem::path init;  // weights to start from; empty: random ones
  const text::Tokenizer& tokenizer;
  const data::Streams& streams;
  train::CompanionFiles companions;          // what a checkpoint carries beside the model
  std::function<void(report::Run&)> on_run;  // records what was read, before the first step; may be empty
};

// The exit code; 0 at once where --dry-run asks to end with the estimate.
int run_training(const Arguments& args, const Machine& machine, report::View& view, const TrainingJob& job);

// What a checkpoint carries: the tokenizer's files, and how the model that it starts from draws its text.
train::CompanionFiles companions_of(const text::Tokenizer& tokenizer, const std::filesystem::path& init,
                                    const model::ModelConfig& config);

}  // namespace millet::cli
