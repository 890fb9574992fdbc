// millet sft RECIPE: fine-tune a model on chats.
#include <fmt/format.h>

#include <algorithm>

#include "millet/cli/command.h"
#include "millet/cli/key_table.h"
#include "millet/cli/problems.h"
#include "millet/cli/recipe.h"
#include "millet/cli/session.h"
#include "millet/cli/training.h"
#include "millet/cli/version.h"
#include "millet/data/chat_source.h"
#include "millet/data/packing.h"
#include "millet/data/worked_chats.h"
#include "millet/infer/generate.h"
#include "millet/io/file.h"
#include "millet/model/directory.h"
#include "millet/plan/hardware.h"
#include "millet/report/run_log.h"

namespace millet::cli {

// Steps until the stream has gone `epochs` times over its examples. Each step is filled, with a few chats over and
// over: where that is much more, it is told.
static int64_t steps_of(const data::ChatExamples& examples, double epochs, const train::PretrainConfig& train,
                        Log& log) {
  const auto all = static_cast<double>(examples.epoch_size());
  const double wanted = std::ceil(epochs * all);
  int64_t steps = 0;
  double seen = 0;
  for (uint64_t at = 0; seen < wanted; ++steps, seen = static_cast<double>(at))
    at = data::pack_step(examples, at, {.rows = train.step_tokens, .batch_rows = train.micro_batch_tokens}).end_index;
  if (seen > 1.5 * wanted)
    log.warn("{} step{} of train.step_tokens = {} go{} {:.0f} times over {} examples, not sft.epochs = {:g}: lower it",
             steps, steps == 1 ? "" : "s", train.step_tokens, steps == 1 ? "es" : "", seen / all, all, epochs);
  return steps;
}

// What was read of the chats, into the run's files and its log. (The view was told before the estimate.)
static void record_chats(const data::ChatCounts& counts, report::Run& run) {
  report::RunLog log(&run, nullptr);
  counts.tell(log);
  io::write_file_atomically(run.dir() / "data.json", io::Json::object({{"chats", counts.to_json()}}).pretty());
}

// As it is named, then beside the recipe.
static std::filesystem::path find_file(const ReadRecipe& read, const std::string& name) {
  const std::filesystem::path beside = read.folder / name;
  return !std::filesystem::exists(name) && std::filesystem::exists(beside) ? beside : std::filesystem::path(name);
}

// The checkpoint's files, with the template that its chats were written by.
static train::CompanionFiles files_of(train::CompanionFiles files, const std::filesystem::path& chat_template) {
  if (chat_template.empty()) return files;
  std::erase_if(files, [](const auto& file) { return file.first == "chat_template.jinja"; });
  files.emplace_back("chat_template.jinja", io::read_file(chat_template));
  return files;
}

// The chats of sft.source, or the worked problems of [task] that are not held out.
static data::ChatCorpus corpus_of(const ReadRecipe& read, const text::ChatPrompt& prompt,
                                  const data::ChatOptionsOfCorpus& options) {
  const Recipe& recipe = read.recipe;
  if (recipe.sft.source.empty()) {
    require(!recipe.task.problems.empty(),
            "there are no chats: set sft.source to a JSON or JSONL file of them, or task.problems to one of problems "
            "with solutions");
    const auto task = make_file_task(read);
    return data::make_chat_corpus(data::worked_chats(*task, recipe.task.instruction, recipe.task.system), prompt,
                                  options);
  }
  std::vector<std::filesystem::path> files;
  for (const std::string& name : recipe.sft.source) files.push_back(find_file(read, name));
  return data::read_chat_corpus(files, prompt, options);
}

static int run_sft(const Arguments& args) {
  ReadRecipe read = read_recipe(args);
  Recipe& recipe = read.recipe;
  require(!recipe.init.empty(), "sft needs a model to start from: set init to a model directory or a run");
  require(read.origins.at("train.steps") == "default",
          "train.steps ({}) is for pretrain: sft goes over its chats sft.epochs times", read.origins.at("train.steps"));
  const std::filesystem::path out = args.out().value_or(std::filesystem::path("runs") / read.name);
  const report::RunInfo info{
      .verb = "sft", .version = version_text(), .machine = plan::this_machine().describe(), .seed = recipe.seed};
  if (!args.has("dry-run")) report::Run::check_place(out, info, read.resolved);

  report::View view = report::View::on_stderr(args.quiet());
  report::RunLog log(nullptr, &view);
  const Machine machine(args, log);
  const std::filesystem::path init = find_model(recipe.init, log);
  const text::Tokenizer tokenizer = text::Tokenizer::load(init);
  model::ModelConfig config = model::read_directory_config(init, log);
  const int64_t context = std::min(recipe.data.context, config.max_position_embeddings);
  const std::filesystem::path chat_template =
      recipe.sft.chat_template.empty() ? std::filesystem::path() : find_file(read, recipe.sft.chat_template);
  require(!chat_template.empty() || text::ChatPrompt::is_in(init),
          "{} has no chat template: name a Jinja file as sft.chat_template", init.string());
  const text::ChatPrompt prompt(tokenizer, init, chat_template);
  data::ChatCorpus corpus = corpus_of(read, prompt,
                                      {.context = context,
                                       .validation_share = recipe.sft.validation_share,
                                       .ends = infer::stop_ids(tokenizer, config)});
  corpus.counts.tell(log);
  // What ends an answer here ends it when the model is asked.
  for (const int32_t end : corpus.ends) {
    const text::AddedToken* token = tokenizer.added(end);
    if (token != nullptr && token->special &&
        std::find(config.eos_token_id.begin(), config.eos_token_id.end(), end) == config.eos_token_id.end())
      config.eos_token_id.push_back(end);
  }

  data::Streams streams;
  auto training = std::make_unique<data::ChatExamples>(std::move(corpus.training), static_cast<uint64_t>(recipe.seed));
  recipe.train.steps = steps_of(*training, recipe.sft.epochs, recipe.train, log);
  streams.train = std::move(training);
  if (!corpus.validation.empty())
    streams.validation.push_back({"chats", std::make_unique<data::FixedExamples>(std::move(corpus.validation))});
  return run_training(args, machine, view,
                      {.read = read,
                       .info = info,
                       .out = out,
                       .phase = "fine-tuning",
                       .config = config,
                       .init = init,
                       .tokenizer = tokenizer,
                       .streams = streams,
                       .companions = files_of(companions_of(tokenizer, init, config), chat_template),
                       .on_run = [&](report::Run& run) { record_chats(corpus.counts, run); }});
}

extern const Command sft_command;
const Command sft_command{
    .name = "sft",
    .summary = "fine-tune a model on chats",
    .positionals = {{"RECIPE", "a TOML recipe"}},
    .options = {option::set, option::out, option::threads, option::seed, option::isa, option::dry_run, option::json,
                option::quiet},
    .examples = {"millet sft recipes/chats.toml --set init=Qwen2.5-0.5B --set sft.source=chats.jsonl",
                 "millet sft recipes/chats.toml --dry-run"},
    .keys = keys_of<Recipe>,
    .run = run_sft};

}  // namespace millet::cli
