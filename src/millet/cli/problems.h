// Which problems a recipe asks, how they are put to a model, and what the model's directory says of it.
#pragma once

#include <filesystem>
#include <memory>

#include "millet/cli/recipe.h"
#include "millet/model/config.h"
#include "millet/tasks/task.h"
#include "millet/text/answer_form.h"
#include "millet/text/tokenizer.h"

namespace millet::cli {

// The task of the recipe's files ([task]).
std::unique_ptr<tasks::Task> make_file_task(const ReadRecipe& read);

class Problems {
 public:
  // The recipe's files of problems ([task]), or its task by name (rl.task). `directory` is the model's; the tokenizer
  // must outlive it.
  Problems(const ReadRecipe& read, const text::Tokenizer& tokenizer, const std::filesystem::path& directory,
           const model::ModelConfig& config);

  const tasks::Task& task() const { return *task_; }
  const text::AnswerForm& form() const { return *form_; }

 private:
  std::unique_ptr<tasks::Task> own_;  // of files
  const tasks::Task* task_;
  std::unique_ptr<text::AnswerForm> form_;
};

}  // namespace millet::cli
