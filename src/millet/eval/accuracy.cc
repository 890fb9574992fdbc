#include "millet/eval/accuracy.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/eval/grade.h"
#include "millet/eval/interval.h"
#include "millet/eval/pass_at_k.h"
#include "millet/eval/votes.h"
#include "millet/io/checksum.h"

namespace millet::eval {

using Completions = std::vector<std::vector<infer::Completion>>;  // by problem, then by sample

namespace {

// Sums over responses; rates and means come out.
struct Tally {
  int64_t responses = 0, right = 0, tokens = 0, thinking = 0, truncated = 0, waits = 0, waits_thinking = 0;

  void add(const Grade& g, const infer::Completion& c) {
    ++responses;
    right += g.right ? 1 : 0;
    tokens += static_cast<int64_t>(c.ids.size());
    thinking += g.thinks ? 1 : 0;
    truncated += c.finish == infer::Finish::length ? 1 : 0;
    waits += g.waits;
    waits_thinking += g.thinks ? g.waits : 0;
  }
  static double share(int64_t part, int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : report::kUnknown;
  }
  double mean(int64_t sum) const { return share(sum, responses); }
};

// Tells how many responses are there, of all that the evaluation asks for.
struct Progress {
  int64_t before, total;  // `before`: what the engine had finished earlier
  const AccuracyOptions& options;

  void operator()(const infer::Engine& engine) const {
    if (options.on_progress) options.on_progress(engine.facts().finished - before, total);
  }
};

// Whether the model has a position left for an answer. One that it has none for is not asked, and wrong.
bool fits(const infer::Engine& engine, const text::AnswerForm& format, const tasks::Problem& problem) {
  return static_cast<int64_t>(format.prompt(problem.prompt).size()) <= engine.max_positions();
}

// One list of completions for each problem: that of each request, and empty ones where none was made.
Completions spread(Completions given, const std::vector<bool>& asked, int64_t samples) {
  Completions out;
  size_t next = 0;
  for (const bool one : asked) {
    if (one) {
      out.push_back(std::move(given[next++]));
    } else {
      out.emplace_back(static_cast<size_t>(samples));
    }
  }
  return out;
}

// No answer is longer than what the model has positions for: it is cut off there.
infer::Request ask(const infer::Engine& engine, const text::AnswerForm& format, const tasks::Problem& problem,
                   const AccuracyOptions& options) {
  infer::Request r;
  r.prompt = format.prompt(problem.prompt);
  const int64_t room = engine.room_after(static_cast<int64_t>(r.prompt.size()));
  r.max_new_tokens = options.max_new_tokens > 0 ? std::min(options.max_new_tokens, room) : room;
  r.stop_ids = format.ends();
  // A seed of its own: evaluation must not draw the numbers that rollouts of the same run draw.
  r.sampling.seed = random_key(options.seed, "evaluation").key;
  return r;
}

report::Transcript transcript(const text::AnswerForm& format, const tasks::Problem& problem, const Grade& g,
                              const infer::Completion& c) {
  return {.difficulty = problem.difficulty,
          .prompt = problem.prompt,
          .answer = problem.answer,
          .response = format.tokenizer().decode(c.ids, {.skip_special = true}),
          .thinking = g.response.thinking,
          .given = g.response.well_formed ? g.response.answer : "",
          .right = g.right,
          .truncated = c.finish == infer::Finish::length,
          .tokens = static_cast<int64_t>(c.ids.size())};
}

void answer_greedily(Context& ctx, infer::Engine& engine, const text::AnswerForm& format, const tasks::Task& task,
                     std::span<const tasks::Problem> problems, const AccuracyOptions& options, const Progress& progress,
                     report::Evaluation& result) {
  std::vector<infer::Request> requests;
  std::vector<bool> asked;
  for (const tasks::Problem& p : problems) {
    asked.push_back(fits(engine, format, p));
    if (!asked.back()) {
      if (++result.too_long == 1) {
        result.first_too_long = fmt::format("{}: {} tokens, the model has {} positions",
                                            p.place.empty() ? fmt::format("problem {}", asked.size()) : p.place,
                                            format.prompt(p.prompt).size(), engine.max_positions());
      }
      continue;
    }
    requests.push_back(ask(engine, format, p, options));
    requests.back().sampling.temperature = 0;
    const int64_t limit = requests.back().max_new_tokens;
    if (limit >= options.max_new_tokens) continue;
    result.lowest_limit = result.limited == 0 ? limit : std::min(result.lowest_limit, limit);
    ++result.limited;
  }
  const Completions completions =
      spread(engine.generate(ctx, std::move(requests), [&] { progress(engine); }), asked, 1);

  Tally all;
  std::map<int64_t, Tally> by_difficulty;
  for (size_t i = 0; i < problems.size(); ++i) {
    const infer::Completion& c = completions[i].front();
    const Grade g = grade(format, task, problems[i], c.ids);
    all.add(g, c);
    result.right += g.right ? '1' : '0';
    by_difficulty[problems[i].difficulty].add(g, c);
    if (static_cast<int64_t>(i) < options.transcripts) {
      result.transcripts.push_back(transcript(format, problems[i], g, c));
    }
  }
  result.pass1 = all.mean(all.right);
  const Interval sure = wilson(all.right, all.responses);
  result.pass1_low = sure.low;
  result.pass1_high = sure.high;
  result.length = all.mean(all.tokens);
  result.thinks = all.mean(all.thinking);
  result.truncated = all.mean(all.truncated);
  for (const auto& [difficulty, t] : by_difficulty) {
    result.by_difficulty.push_back(
        {.difficulty = difficulty, .problems = t.responses, .pass1 = t.mean(t.right), .length = t.mean(t.tokens)});
  }
}

void answer_with_samples(Context& ctx, infer::Engine& engine, const text::AnswerForm& format, const tasks::Task& task,
                         std::span<const tasks::Problem> problems, const AccuracyOptions& options, int64_t k,
                         const Progress& progress, report::Sampling& result) {
  std::vector<infer::Request> requests;
  std::vector<bool> asked;
  for (const tasks::Problem& p : problems) {
    asked.push_back(fits(engine, format, p));
    if (!asked.back()) continue;
    infer::Request r = ask(engine, format, p, options);
    r.samples = options.samples;
    r.sample_id = (asked.size() - 1) * static_cast<uint64_t>(options.samples);
    r.sampling.temperature = options.temperature;
    requests.push_back(std::move(r));
  }
  const Completions completions =
      spread(engine.generate(ctx, std::move(requests), [&] { progress(engine); }), asked, options.samples);

  Tally all;
  for (int64_t at = 1; at < k; at *= 2) result.pass_at.push_back({.k = at, .pass = 0});
  result.pass_at.push_back({.k = k, .pass = 0});
  int64_t agreed = 0;
  for (size_t i = 0; i < problems.size(); ++i) {
    const int64_t right_before = all.right;
    Votes votes;
    for (const infer::Completion& c : completions[i]) {
      const Grade g = grade(format, task, problems[i], c.ids);
      all.add(g, c);
      if (static_cast<int64_t>(votes.cast()) < k)
        votes.add(g.response.well_formed ? task.vote(g.response.answer) : "", g.right);
    }
    report::SampledProblem& kept = result.by_problem.emplace_back();
    kept.right = all.right - right_before;
    for (const Votes::Answer& a : votes.answers())
      kept.answers.push_back({a.text, static_cast<int64_t>(a.count), a.right});
    agreed += votes.winner_is_right() ? 1 : 0;
    for (report::PassAt& at : result.pass_at) {
      at.pass += pass_at_k(options.samples, kept.right, at.k) / static_cast<double>(problems.size());
    }
  }
  result.temperature = options.temperature;
  result.problems = static_cast<int64_t>(problems.size());
  result.samples = options.samples;
  result.k = k;
  result.pass1 = all.mean(all.right);
  result.pass_k = result.pass_at.back().pass;
  result.cons_k = Tally::share(agreed, result.problems);
  result.length = all.mean(all.tokens);
  result.truncated = all.mean(all.truncated);
  result.thinks = all.mean(all.thinking);
  result.wait = all.mean(all.waits);
  result.wait_long = Tally::share(all.waits_thinking, all.thinking);
}

}  // namespace

double chance(std::span<const tasks::Problem> problems) {
  std::map<std::string_view, int64_t> answers;
  int64_t commonest = 0;
  for (const tasks::Problem& p : problems) commonest = std::max(commonest, ++answers[p.answer]);
  return Tally::share(commonest, static_cast<int64_t>(problems.size()));
}

static std::string set_of(std::span<const tasks::Problem> problems) {
  uint64_t hash = 0;
  for (const tasks::Problem& p : problems) hash = io::hash64(p.canonical, hash);
  return fmt::format("{:016x}", hash);
}

void check_prompts(const text::AnswerForm& format, const tasks::Task& task, std::span<const tasks::Problem> problems,
                   std::string_view remedy) {
  for (const tasks::Problem& p : problems) {
    try {
      format.prompt(p.prompt);
    } catch (const Error& e) {
      throw e.within(fmt::format("the model cannot be asked task '{}' ({})", task.name(), remedy));
    }
  }
}

report::Evaluation accuracy(Context& ctx, infer::Engine& engine, const text::AnswerForm& format,
                            const tasks::Task& task, std::span<const tasks::Problem> problems,
                            const AccuracyOptions& options) {
  require(!problems.empty(), "evaluation '{}': no problems", options.name);
  require(engine.idle(), "evaluation '{}': the engine is busy with other requests; finish them first", options.name);
  const int64_t sampled = std::min(options.sampled_problems, static_cast<int64_t>(problems.size()));
  const int64_t k = options.k > 0 ? options.k : options.samples;
  require(k <= options.samples, "evaluation '{}': pass@{} from {} samples; draw at least as many samples as k",
          options.name, k, options.samples);
  require(options.temperature > 0, "evaluation '{}': samples at temperature {}; it must be positive", options.name,
          options.temperature);

  const auto begin = std::chrono::steady_clock::now();
  report::Evaluation result;
  result.name = options.name;
  result.task = task.origin(tasks::Split::test);
  result.unit = task.unit();
  result.model = options.model;
  result.set = set_of(problems);
  result.max_new_tokens = options.max_new_tokens;
  result.problems = static_cast<int64_t>(problems.size());
  result.chance = chance(problems);
  const int64_t unjudged = task.unjudged();
  const Progress progress{engine.facts().finished, result.problems + sampled * options.samples, options};
  answer_greedily(ctx, engine, format, task, problems, options, progress, result);
  if (sampled > 0 && options.samples > 0) {
    answer_with_samples(ctx, engine, format, task, problems.first(static_cast<size_t>(sampled)), options, k, progress,
                        result.sampled);
  }
  result.checker_failures = task.unjudged() - unjudged;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace millet::eval
