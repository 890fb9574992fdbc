#include "millet/cli/problems.h"

#include "millet/core/error.h"
#include "millet/infer/generate.h"
#include "millet/tasks/file_task.h"
#include "millet/tasks/list.h"
#include "millet/text/chat_form.h"
#include "millet/text/thinking.h"

namespace millet::cli {

// As it is named, then beside the recipe.
static std::string found(const ReadRecipe& read, const std::string& name) {
  const std::filesystem::path beside = read.folder / name;
  return !name.empty() && !std::filesystem::exists(name) && std::filesystem::exists(beside) ? beside.string() : name;
}

std::unique_ptr<tasks::Task> make_file_task(const ReadRecipe& read) {
  tasks::FileConfig files = read.recipe.task;
  files.problems = found(read, files.problems);
  files.test = found(read, files.test);
  return tasks::make_file_task(files);
}

static std::unique_ptr<text::AnswerForm> make_form(const tasks::FileConfig& config, const text::Tokenizer& tokenizer,
                                                   const std::filesystem::path& directory,
                                                   const model::ModelConfig& model) {
  if (config.form == "tags") return std::make_unique<text::ThinkingFormat>(tokenizer);
  require(text::ChatPrompt::is_in(directory), "task.form is \"chat\", but {} has no chat template", directory.string());
  return std::make_unique<text::ChatForm>(
      text::ChatPrompt(tokenizer, directory),
      text::ChatFormOptions{
          .instruction = config.instruction, .system = config.system, .ends = infer::stop_ids(tokenizer, model)});
}

// A task of the program's own judges its answers itself.
static void refuse_idle(const tasks::FileConfig& config, const std::string& task) {
  const tasks::FileConfig usual;
  for (const auto& [key, is_usual] :
       {std::pair{"verifier", config.verifier == usual.verifier}, std::pair{"command", config.command == usual.command},
        std::pair{"language", config.language == usual.language}})
    require(is_usual, "task.{} is for problems of a file: name them as task.problems, or ask '{}' without it", key,
            task);
}

Problems::Problems(const ReadRecipe& read, const text::Tokenizer& tokenizer, const std::filesystem::path& directory,
                   const model::ModelConfig& config)
    : form_(make_form(read.recipe.task, tokenizer, directory, config)) {
  if (!read.recipe.task.given()) {
    refuse_idle(read.recipe.task, read.recipe.rl.task);
    task_ = &tasks::find(read.recipe.rl.task);
    return;
  }
  own_ = make_file_task(read);
  task_ = own_.get();
}

}  // namespace millet::cli
