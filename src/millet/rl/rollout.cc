#include "millet/rl/rollout.h"

#include <algorithm>

#include "millet/rl/rewards.h"
#include "millet/tasks/split.h"

namespace millet::rl {

infer::EngineOptions engine_options(const RlConfig& config) {
  const int64_t sequences = std::min<int64_t>(config.prompts * config.group, 1024);
  constexpr int64_t kPrompt = 128;  // a usual prompt's length; longer ones wait for pages, nothing else
  return {.max_rows = sequences, .cache_pages = infer::Engine::pages_for(sequences, kPrompt + config.max_new_tokens)};
}

tasks::DifficultyRange difficulty_range(const RlConfig& config, const tasks::Task& task) {
  tasks::DifficultyRange range = task.default_range();
  if (config.min > 0) range.min = config.min;
  if (config.max > 0) range.max = config.max;
  return range;
}

RolloutMaker::RolloutMaker(const RlConfig& config, uint64_t seed, infer::Engine& engine, const text::AnswerForm& format,
                           const tasks::Task& task)
    : config_(config),
      seed_(seed),
      engine_(engine),
      format_(format),
      task_(task),
      range_(difficulty_range(config, task_)) {}

std::vector<report::Rollout> RolloutMaker::draw(Context& ctx, int64_t step, int64_t first, int64_t count) {
  std::vector<tasks::Problem> problems;
  std::vector<infer::Request> requests;
  for (int64_t p = first; p < first + count; ++p) {
    Rng rng(seed_, "rl problem", static_cast<uint64_t>(step), static_cast<uint64_t>(p));
    problems.push_back(tasks::generate_in(task_, tasks::Split::train, rng, range_));
    requests.push_back(
        {.prompt = format_.prompt(problems.back().prompt),
         .samples = config_.group,
         .sample_id = static_cast<uint64_t>(p * config_.group),
         .sampling = {.temperature = config_.temperature, .seed = seed_, .step = static_cast<uint64_t>(step)},
         .max_new_tokens = config_.max_new_tokens,
         .stop_ids = format_.ends()});
  }
  const std::vector<std::vector<infer::Completion>> answers = engine_.generate(ctx, requests);

  std::vector<report::Rollout> rollouts;
  for (size_t p = 0; p < problems.size(); ++p) {
    for (size_t s = 0; s < answers[p].size(); ++s) {
      const infer::Completion& answer = answers[p][s];
      const int64_t failures = task_.unjudged();
      const eval::Grade grade = eval::grade(format_, task_, problems[p], answer.ids);
      const int64_t group = first + static_cast<int64_t>(p);
      const Coin coin{.seed = seed_, .step = step, .sample = group * config_.group + static_cast<int64_t>(s)};
      rollouts.push_back({.group = group,
                          .sample = static_cast<int64_t>(s),
                          .problem = problems[p].canonical,
                          .prompt = problems[p].prompt,
                          .thinking = grade.response.thinking,
                          .answer = grade.response.answer,
                          .right_answer = problems[p].answer,
                          .right = grade.right,
                          .judged = grade.right || task_.unjudged() == failures,
                          .well_formed = grade.response.well_formed,
                          .prompt_ids = requests[p].prompt,
                          .ids = answer.ids,
                          .log_probs = answer.log_probs,
                          .reward = reward(config_.reward, config_.max_new_tokens,
                                           {.grade = grade, .ids = answer.ids, .form = format_}, coin),
                          .truncated = answer.finish == infer::Finish::length});
    }
  }
  return rollouts;
}

bool counts_as_right(const report::Rollout& r) {
  return std::ranges::any_of(r.reward.parts,
                             [](const auto& part) { return part.first == "accuracy" && part.second != 0; });
}

Drawn RolloutMaker::make(Context& ctx, int64_t step) {
  Drawn drawn;
  std::vector<report::Rollout> dropped;
  int64_t groups = 0, kept = 0;
  while (drawn.draws < config_.draws && kept < config_.prompts) {
    std::vector<report::Rollout> fresh = draw(ctx, step, groups, config_.prompts - kept);
    ++drawn.draws;
    for (auto begin = fresh.begin(); begin != fresh.end();) {
      const auto end = begin + config_.group;
      const bool mixed = drawn.count.add(std::count_if(begin, end, counts_as_right), config_.group);
      const bool keep = mixed || config_.draws == 1;
      kept += keep ? 1 : 0;
      std::move(begin, end, std::back_inserter(keep ? drawn.rollouts : dropped));
      ++groups;
      begin = end;
    }
  }
  drawn.trained = drawn.rollouts.size();
  std::ranges::move(dropped, std::back_inserter(drawn.rollouts));
  return drawn;
}

}  // namespace millet::rl
