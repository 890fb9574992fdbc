// A model on a set of problems: greedy accuracy, samples with pass@k, lengths, and what it wrote.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "millet/core/context.h"
#include "millet/infer/engine.h"
#include "millet/report/evaluation.h"
#include "millet/tasks/task.h"
#include "millet/text/answer_form.h"

namespace millet::eval {

struct AccuracyOptions {
  std::string name = "test";     // of the set
  std::string model;             // directory, for the record
  int64_t max_new_tokens = 256;  // a response that is longer is cut off, and wrong; 0: all positions that are left
  uint64_t seed = 0;

  // Samples beside the greedy answers, of the first problems of the set; 0 of either: none.
  int64_t sampled_problems = 0;
  int64_t samples = 0;  // n, of each
  int64_t k = 0;        // of pass@k, at most n; 0: n
  double temperature = 1;

  int64_t transcripts = 0;  // of the first problems, greedy

  // Responses, of greedy answers and samples together; after each step of the engine.
  std::function<void(int64_t done, int64_t total)> on_progress;
};

// Asks every problem once greedily, and the first ones again with samples. A response is right when eval/grade says so.
// A problem that is longer than the model's positions is not asked and counts as wrong; it is counted and the first is
// named. Where fewer positions are left than an answer may be long, it is cut off there, and that is counted as well.
// The same model, problems and options give the same result (its `seconds` apart), whatever the engine's sizes.
report::Evaluation accuracy(Context&, infer::Engine&, const text::AnswerForm&, const tasks::Task&,
                            std::span<const tasks::Problem> problems, const AccuracyOptions&);

// Throws Error where a problem cannot be put to the model, as when its tokenizer lacks a character: names the task and
// the remedy.
void check_prompts(const text::AnswerForm&, const tasks::Task&, std::span<const tasks::Problem> problems,
                   std::string_view remedy);

// The share of the commonest right answer: what a model gets that always says the same.
double chance(std::span<const tasks::Problem> problems);

}  // namespace millet::eval
