// Worked problems as documents: <bos>prompt<think>thinking</think><answer>answer</answer><eos>.
#pragma once

#include <string>
#include <vector>

#include "millet/data/source.h"
#include "millet/tasks/split.h"
#include "millet/tasks/task.h"
#include "millet/text/thinking.h"

namespace millet::data {

// How much of the documents answers at once, thinks aloud, or thinks with slips and their corrections. Shares of any
// sum.
struct StyleShares {
  double direct = 0;
  double aloud = 0;
  double slip = 0;
};

struct TaskSourceOptions {
  tasks::DifficultyRange range;
  StyleShares styles;
  bool score_prompt = false;  // is the prompt a target, too?
  int64_t context = 256;      // most rows of a document; the rare longer one (many slips) is drawn anew
  uint64_t seed = 0;
  std::string name;  // keeps the streams of several sources apart
};

// Problems of the training split, without end.
class TaskDocuments final : public Source {
 public:
  // The task must outlive it, as the tokenizer must. Throws Error: shares that are negative or all zero, a range that
  // the task cannot make, a context that is too short for the range's longest documents, a tokenizer without the tags
  // or without a character of the task's alphabet.
  TaskDocuments(const tasks::Task& task, const text::Tokenizer& tokenizer, TaskSourceOptions options);

  Example at(uint64_t index) const override;

 private:
  friend class TaskValidation;
  Example document(const tasks::Problem& problem, Rng& rng) const;

  const tasks::Task& task_;
  text::ThinkingFormat format_;
  TaskSourceOptions options_;
};

// A fixed set of distinct problems of the test split, written in the same styles.
class TaskValidation final : public Source {
 public:
  TaskValidation(const tasks::Task& task, const text::Tokenizer& tokenizer, TaskSourceOptions options, int64_t count);

  Example at(uint64_t index) const override;
  std::optional<uint64_t> size() const override { return problems_.size(); }

 private:
  TaskDocuments documents_;
  std::vector<tasks::Problem> problems_;
};

}  // namespace millet::data
