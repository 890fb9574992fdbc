#include "millet/data/task_source.h"

#include <cmath>

#include "millet/core/error.h"

namespace millet::data {
namespace {

// A document that is too long this many times in a row is not the rare one: the context is too short.
constexpr int kPatience = 1000;

// Independent draws, so that a document's style says nothing about its neighbours.
tasks::Style draw_style(const StyleShares& shares, Rng& rng) {
  const double at = rng.uniform() * (shares.direct + shares.aloud + shares.slip);
  if (at < shares.direct) return tasks::Style::direct;
  return at < shares.direct + shares.aloud ? tasks::Style::aloud : tasks::Style::slip;
}

void check(const StyleShares& shares, std::string_view name) {
  for (const double share : {shares.direct, shares.aloud, shares.slip})
    require(std::isfinite(share) && share >= 0, "{}: a share of direct, aloud or slip is {}: it must be 0 or more",
            name, share);
  require(shares.direct + shares.aloud + shares.slip > 0,
          "{}: the shares of direct, aloud and slip are all 0: at least one must be positive", name);
}

}  // namespace

TaskDocuments::TaskDocuments(const tasks::Task& task, const text::Tokenizer& tokenizer, TaskSourceOptions options)
    : task_(task), format_(tokenizer), options_(std::move(options)) {
  check(options_.styles, options_.name);
  tokenizer.encode(task.alphabet());
  // The longest problems, written out without slips, must fit: otherwise they would be missing without a word.
  const bool thinks = options_.styles.aloud + options_.styles.slip > 0;
  Rng rng(options_.seed, "probe");
  for (int i = 0; i < 32; ++i) {
    const tasks::Problem p = task.generate(rng, {options_.range.max, options_.range.max});
    const std::string thinking = task.thinking(p, thinks ? tasks::Style::aloud : tasks::Style::direct, rng);
    const size_t rows = format_.prompt(p.prompt).size() + format_.response(thinking, p.answer).size() - 1;
    require(static_cast<int64_t>(rows) <= options_.context,
            "{}: a document of task '{}' with {} {} has {} rows, data.context is {}: raise it or lower max",
            options_.name, task.name(), options_.range.max, task.unit(), rows, options_.context);
  }
}

Example TaskDocuments::document(const tasks::Problem& problem, Rng& rng) const {
  const tasks::Style style = draw_style(options_.styles, rng);
  Example e;
  e.tokens = format_.prompt(problem.prompt);
  const size_t prompt = e.tokens.size();
  const std::vector<int32_t> response = format_.response(task_.thinking(problem, style, rng), problem.answer);
  e.tokens.insert(e.tokens.end(), response.begin(), response.end());
  e.scored.assign(e.tokens.size(), 1);
  const size_t unscored = options_.score_prompt ? 1 : prompt;
  std::fill_n(e.scored.begin(), unscored, uint8_t{0});
  return e;
}

Example TaskDocuments::at(uint64_t index) const {
  Rng rng(options_.seed, "document " + options_.name, index);
  for (int i = 0; i < kPatience; ++i) {
    Example e = document(generate_in(task_, tasks::Split::train, rng, options_.range), rng);
    if (e.rows() <= options_.context) return e;
  }
  fail("{}: no document of task '{}' fits into data.context = {} rows: raise it", options_.name, task_.name(),
       options_.context);
}

// The problems are drawn once and kept: that they are distinct cannot be told from an index alone.
static std::vector<tasks::Problem> held_out(const tasks::Task& task, const TaskSourceOptions& options, int64_t count) {
  try {
    return evaluation_set(task, tasks::Split::test, options.range, count, options.seed);
  } catch (const Error& e) {
    throw e.within(fmt::format("data.validation_problems = {}", count));
  }
}

TaskValidation::TaskValidation(const tasks::Task& task, const text::Tokenizer& tokenizer, TaskSourceOptions options,
                               int64_t count)
    : documents_(task, tokenizer, options), problems_(held_out(task, options, count)) {}

Example TaskValidation::at(uint64_t index) const {
  require(index < problems_.size(), "validation document {} is asked for, there are {}", index, problems_.size());
  const TaskSourceOptions& options = documents_.options_;
  Rng rng(options.seed, "validation " + options.name, index);
  for (int i = 0; i < kPatience; ++i) {
    Example e = documents_.document(problems_[index], rng);
    if (e.rows() <= options.context) return e;
  }
  fail("{}: the problem '{}' fits into data.context = {} rows in no style: raise it", options.name,
       problems_[index].prompt, options.context);
}

}  // namespace millet::data
