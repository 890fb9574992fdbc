#include "millet/rl/reinforce_work.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/infer/engine.h"
#include "millet/model/blueprint.h"
#include "millet/ops/scratch.h"
#include "millet/rl/objective.h"
#include "millet/rl/rollout.h"
#include "millet/tasks/split.h"

namespace millet::rl {

// The longest prompt: of all problems of a list, else of some.
static int64_t prompt_tokens(const RlConfig& config, const text::AnswerForm& form, const tasks::Task& task,
                             std::string& place) {
  constexpr uint64_t kProblems = 4096;
  const tasks::DifficultyRange range = difficulty_range(config, task);
  size_t longest = 1;
  const auto look = [&](const tasks::Problem& problem) {
    const size_t tokens = form.prompt(problem.prompt).size();
    if (tokens <= longest) return;
    longest = tokens;
    place = problem.place;
  };
  const std::span<const tasks::Problem> listed = task.listed(tasks::Split::train);
  for (const tasks::Problem& problem : listed) {
    if (problem.difficulty >= range.min && problem.difficulty <= range.max) look(problem);
  }
  for (uint64_t i = 0; i < kProblems && listed.empty(); ++i) {
    Rng rng(0, "longest prompt", i);
    look(tasks::generate_in(task, tasks::Split::train, rng, range));
  }
  return static_cast<int64_t>(longest);
}

int64_t prompt_tokens(const RlConfig& config, const text::AnswerForm& form, const tasks::Task& task) {
  std::string place;
  return prompt_tokens(config, form, task, place);
}

// Rows of a micro-batch at most: its budget, or one sequence that is longer.
static int64_t micro_batch_rows(const RlConfig& config, int64_t longest) {
  return std::max(config.micro_batch_tokens, longest);
}

// Of one step of the engine: one a row, or a whole group from its prompt's last row.
static int64_t most_draws(const RlConfig& config) {
  return std::max(engine_options(config).max_rows, config.group);
}

int64_t reinforce_scratch_bytes(const RlConfig& config, const model::Decoder& model, int64_t longest, int threads) {
  const int64_t rows = micro_batch_rows(config, longest);
  const nn::Cost cost = model.cost(rows, longest, false);
  const int64_t draws = most_draws(config);
  return std::max({cost.scratch_bytes + threads * cost.thread_bytes,
                   threads * ops::sample_scratch_bytes(model.config().vocab_size) + 32 * draws,
                   train::Optimizer::scratch_bytes(config.optimizer, model.parameters(), threads)}) +
         4096;
}

Work reinforce_work(const RlConfig& config, const model::ModelConfig& model_config, const text::AnswerForm& form,
                    const tasks::Task& task, const ReinforceWorkOptions& options) {
  model::Blueprint blueprint(model_config);
  freeze_mtp(blueprint.parameters(), model_config);
  const model::Decoder& model = blueprint.decoder();
  const infer::EngineOptions engine = engine_options(config);
  std::string place;
  const int64_t prompt = prompt_tokens(config, form, task, place), longest = prompt + config.max_new_tokens;
  require(prompt <= model_config.max_position_embeddings,
          "{}: the question has {} tokens, the model has {} positions: shorten it or leave it out",
          place.empty() ? fmt::format("task '{}'", task.name()) : place, prompt, model_config.max_position_embeddings);
  // A last token is drawn and never read.
  require(longest <= model_config.max_position_embeddings + 1,
          "rl.max_new_tokens is {} after prompts of up to {} tokens{}, the model has {} positions: ask for at most {}",
          config.max_new_tokens, prompt, place.empty() ? "" : " (" + place + ")", model_config.max_position_embeddings,
          model_config.max_position_embeddings + 1 - prompt);
  if (config.evaluate_every > 0) {  // too few problems for the evaluations on the way: said before there is a run
    tasks::evaluation_set(task, tasks::Split::test, difficulty_range(config, task), config.evaluate_problems, 0);
  }
  const int64_t sequences = config.prompts * config.group;
  const auto steps = static_cast<double>(std::max<int64_t>(0, config.steps - options.first_step));
  Work work;

  // Answers of full length run in lockstep, as many at a time as the engine takes; prompts once for each group.
  const auto engine_steps = [&](int64_t answers, int64_t prompts) {
    const int64_t rounds = (answers + engine.max_rows - 1) / engine.max_rows;
    return static_cast<double>(rounds * config.max_new_tokens +
                               (prompts * prompt + engine.max_rows - 1) / engine.max_rows);
  };
  const int64_t context = 2 * (prompt + config.max_new_tokens / 2);  // a row sees half of it on average
  const auto decoding = [&](std::string name, double times, int64_t answers, int64_t prompts) {
    const double rows = times * static_cast<double>(answers * config.max_new_tokens + prompts * prompt);
    work.phases.push_back(
        {.name = std::move(name),
         .units = times * engine_steps(answers, prompts),
         .flops = rows * model.cost(engine.max_rows, context, false).flops / static_cast<double>(engine.max_rows),
         .tokens = rows,
         .upper_bound = true});
  };
  decoding("rollouts", steps * static_cast<double>(config.draws), sequences, config.prompts);

  if (config.preflight > 0 && options.first_step == 0) {
    decoding("pre-flight", 1, config.preflight * config.group, config.preflight);
  }

  const int64_t micro = micro_batch_rows(config, longest), in_one = std::max<int64_t>(1, micro / longest);
  const double micro_batches = steps * static_cast<double>(config.epochs * ((sequences + in_one - 1) / in_one));
  const nn::Cost cost = model.cost(micro, longest, false);
  const auto forwards = 3.0 + (config.grpo.needs_reference() ? 1.0 / static_cast<double>(config.epochs) : 0.0);
  work.phases.push_back({.name = "training",
                         .units = micro_batches * forwards / 3,
                         .flops = micro_batches * forwards * cost.flops,
                         .tokens = steps * static_cast<double>(config.epochs * sequences * longest),
                         .upper_bound = true});
  work.phases.push_back({.name = "updates",
                         .units = steps * static_cast<double>(config.epochs * config.minibatches),
                         .upper_bound = true});
  if (config.evaluate_every > 0) {
    const auto times =
        static_cast<double>(config.steps / config.evaluate_every - options.first_step / config.evaluate_every +
                            (options.first_step == 0 ? 1 : 0));
    decoding("evaluation", times, config.evaluate_problems, config.evaluate_problems);
  }

  const int64_t weights = blueprint.weight_bytes(), largest = 4 * blueprint.largest_parameter();
  const int64_t scratch = reinforce_scratch_bytes(config, model, longest, options.threads);
  // On the host: every token of the step's answers with its log-probability, as the engine holds it, as a rollout, and
  // as the text of a file; a micro-batch; and while a checkpoint is written, a copy of one tensor.
  constexpr int64_t kHostBytesOfToken = 96;
  const int64_t answers =
      std::max({sequences * config.draws, config.evaluate_problems, config.preflight * config.group});
  const int64_t host =
      kHostBytesOfToken * (answers * longest + micro) + 24 * micro * model_config.num_experts_per_tok + largest;

  const std::string smaller = "take a smaller model";
  const std::string fewer_rows = fmt::format("set rl.micro_batch_tokens below {}", micro);
  const std::string fewer_answers = fmt::format("lower rl.prompts ({}), rl.group ({}) or rl.max_new_tokens ({})",
                                                config.prompts, config.group, config.max_new_tokens);
  work.memory = {
      {"weights", weights, smaller},
      {"gradients", weights, smaller},
      {"optimizer", train::Optimizer::state_bytes(config.optimizer, blueprint.parameters()), smaller},
      {"packed weights", cost.packed_bytes, smaller},
      {"activations", Buffer::footprint(model.training_bytes(micro, false)), fewer_rows},
      {"cache", infer::Engine::cache_bytes(model, engine), fewer_answers},
      {"rollouts", infer::Engine::step_bytes(model, engine, most_draws(config)) + kHostBytesOfToken * answers * longest,
       fewer_answers},
      {"scratch", Buffer::footprint(scratch) + host, fewer_rows}};
  if (config.grpo.needs_reference()) {
    work.memory.push_back({"reference",
                           weights + cost.packed_bytes + Buffer::footprint(model.inference_bytes(micro, micro)),
                           "set rl.grpo.kl_beta=0"});
  }
  return work;
}

}  // namespace millet::rl
