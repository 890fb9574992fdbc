// millet eval RUN: what a model does on held-out problems.
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "millet/cli/command.h"
#include "millet/cli/interrupt.h"
#include "millet/cli/key_table.h"
#include "millet/cli/perplexity.h"
#include "millet/cli/problems.h"
#include "millet/cli/recipe.h"
#include "millet/cli/session.h"
#include "millet/eval/accuracy.h"
#include "millet/eval/paired.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/report/evaluation.h"
#include "millet/report/evaluation_page.h"
#include "millet/report/progress.h"
#include "millet/report/run_log.h"
#include "millet/tasks/list.h"
#include "millet/tasks/split.h"

namespace millet::cli {

// A run says itself what it was trained for; any other model needs --recipe.
static ReadRecipe recipe_of(const Arguments& args, const std::filesystem::path& model) {
  if (args.has("recipe")) return read_recipe(args.path("recipe"), args.sets());
  const std::filesystem::path own = model / "recipe.toml";
  require(std::filesystem::exists(own), "{} is no run: say with --recipe FILE which task to ask", model.string());
  return read_recipe(own, args.sets());
}

static void print(const report::Evaluation& e) {
  fmt::print("{:<7} {} problems of '{}', chance {:.1f} %\n", e.name, e.problems, e.task, 100 * e.chance);
  fmt::print(
      "        greedy   pass@1 {:5.1f} % ({:.1f} to {:.1f})   length {:6.1f}   thinks {:5.1f} %   cut off {:.1f} %\n",
      100 * e.pass1, 100 * e.pass1_low, 100 * e.pass1_high, e.length, 100 * e.thinks, 100 * e.truncated);
  if (e.sampled.k > 0) {
    fmt::print(
        "        T = {:g}    pass@1 {:5.1f} %   pass@{} {:.1f} %   cons@{} {:.1f} %   length {:.1f}   thinks {:.1f} "
        "%   cut off {:.1f} %\n",
        e.sampled.temperature, 100 * e.sampled.pass1, e.sampled.k, 100 * e.sampled.pass_k, e.sampled.k,
        100 * e.sampled.cons_k, e.sampled.length, 100 * e.sampled.thinks, 100 * e.sampled.truncated);
  }
}

// The evaluations of another model that are to stand beside these.
static report::EvaluatedModel others_of(const Arguments& args) {
  const std::filesystem::path dir = args.text("against");
  report::EvaluatedModel other{dir.string(), report::read_evaluations(dir)};
  require(!other.evaluations.empty(), "{} has no eval-….json: evaluate it first, with millet eval {}", dir.string(),
          dir.string());
  return other;
}

// Problem by problem, where both were asked the same ones.
static std::vector<report::PairedOutcome> compare(const report::EvaluatedModel& one,
                                                  const report::EvaluatedModel& other, Log& log) {
  std::vector<report::PairedOutcome> all;
  for (const report::Evaluation& a : one.evaluations) {
    for (const report::Evaluation& b : other.evaluations) {
      if (a.name != b.name) continue;
      if (a.set.empty() || a.set != b.set || a.right.size() != b.right.size()) {
        log.warn("'{}': {} and {} were asked other problems, so only their shares compare", a.name, one.name,
                 other.name);
        continue;
      }
      const eval::Paired p = eval::paired(a.right, b.right);
      all.push_back({a.name, p.both, p.only_first, p.only_second, p.neither, p.p});
    }
  }
  return all;
}

static io::Json to_json(const report::EvaluatedModel& other, std::span<const report::PairedOutcome> paired) {
  io::Json rows = io::Json::array();
  for (const report::PairedOutcome& p : paired) {
    rows.append(io::Json::object({{"name", p.set},
                                  {"both", p.both},
                                  {"only_first", p.only_first},
                                  {"only_second", p.only_second},
                                  {"neither", p.neither},
                                  {"p", p.p}}));
  }
  return io::Json::object({{"against", other.name}, {"paired", std::move(rows)}});
}

static void print(const report::EvaluatedModel& one, const report::EvaluatedModel& other,
                  std::span<const report::PairedOutcome> paired) {
  fmt::print("\n{} against {}\n", one.name, other.name);
  for (const report::Evaluation& a : one.evaluations) {
    for (const report::Evaluation& b : other.evaluations) {
      if (a.name != b.name) continue;
      fmt::print("{:<7} greedy   pass@1 {:5.1f} % against {:.1f} %   length {:.1f} against {:.1f}\n", a.name,
                 100 * a.pass1, 100 * b.pass1, a.length, b.length);
    }
    for (const report::PairedOutcome& p : paired) {
      if (p.set != a.name) continue;
      fmt::print(
          "        the same problems: both {}, only the first {}, only the second {}, neither {}   by luck p = "
          "{:.2g}\n",
          p.both, p.only_first, p.only_second, p.neither, p.p);
    }
  }
}

static int run_eval(const Arguments& args) {
  if (args.has("perplexity")) {
    print_perplexity(args);
    return 0;
  }
  tidy_up_on_signals();
  report::View view = report::View::on_stderr(args.quiet());
  report::RunLog log(nullptr, &view);
  std::optional<report::EvaluatedModel> other;
  if (args.has("against")) other = others_of(args);
  const std::filesystem::path model = args.path("MODEL");
  const Machine machine(args, log);
  Context& ctx = *machine.ctx;
  const LoadedModel loaded(model, ctx, nn::Parameters::Mode::mapped);
  const ReadRecipe read = recipe_of(args, model);
  const EvalConfig& config = read.recipe.eval;
  const text::Tokenizer tokenizer = text::Tokenizer::load(loaded.directory);
  const Problems problems(read, tokenizer, loaded.directory, loaded.decoder->config());
  if (const std::string remarks = problems.task().remarks(); !remarks.empty()) log.warn("{}", remarks);
  const tasks::Task& task = problems.task();
  const auto seed = static_cast<uint64_t>(read.recipe.seed);

  const std::filesystem::path out = args.out().value_or(model);
  std::error_code failure;  // before the work, not after it
  std::filesystem::create_directories(out, failure);
  require(!failure, "cannot make the directory {}: {}: name another with --out", out.string(), failure.message());
  require(access(out.c_str(), W_OK) == 0, "cannot write into {}: {}: name another directory with --out", out.string(),
          std::strerror(errno));

  constexpr int64_t kUsual = 2048;  // of answers as long as the model allows; longer ones wait for pages
  const int64_t longest_to_longer = config.longer_max_new_tokens > 0
                                        ? config.longer_max_new_tokens
                                        : std::min(kUsual, loaded.decoder->config().max_position_embeddings);
  const int64_t longest = 256 + std::max(longest_to_longer, read.recipe.rl.max_new_tokens);
  constexpr int64_t kAtOnce = 512;
  infer::Engine engine(*loaded.decoder,
                       {.max_rows = kAtOnce, .cache_pages = infer::Engine::pages_for(kAtOnce, longest)});

  tasks::DifficultyRange range = task.default_range();
  if (read.recipe.rl.min > 0) range.min = read.recipe.rl.min;
  if (read.recipe.rl.max > 0) range.max = read.recipe.rl.max;
  // All problems before any answer: a range that has none is told at once.
  const auto test = tasks::evaluation_set(task, tasks::Split::test, range, config.problems, seed);
  std::vector<tasks::Problem> longer;
  if (config.longer_max > 0 && !read.recipe.task.given()) {  // a file has its levels and no others
    longer = tasks::evaluation_set(task, tasks::Split::test, {config.longer_min, config.longer_max},
                                   config.longer_problems, seed);
  }
  std::vector<std::pair<const tasks::Task*, std::vector<tasks::Problem>>> further;
  for (const std::string& name : config.tasks) {
    const tasks::Task& t = tasks::find(name);
    further.emplace_back(&t, tasks::evaluation_set(t, tasks::Split::test, t.default_range(), config.problems, seed));
  }
  eval::check_prompts(problems.form(), task, test, "ask another one, with --recipe or --set rl.task");
  for (const auto& [t, set] : further)
    eval::check_prompts(problems.form(), *t, set, "leave it out of eval.tasks, or train a model on it");
  report::EvaluatedModel evaluated{model.string(), {}};
  auto ask = [&](std::string name, const tasks::Task& task, std::span<const tasks::Problem> some, int64_t asked,
                 int64_t max_new_tokens, bool samples) {
    // Of a list of problems there are only so many.
    if (std::ssize(some) < asked)
      log.info("{}: the {} problems are all that task '{}' holds out in this range ({} were asked for)", name,
               some.size(), task.origin(tasks::Split::test), asked);
    report::Status status{.phase = "evaluation: " + name};
    report::Evaluation e = eval::accuracy(ctx, engine, problems.form(), task, some,
                                          {.name = std::move(name),
                                           .model = model.string(),
                                           .max_new_tokens = max_new_tokens,
                                           .seed = seed,
                                           .sampled_problems = samples ? config.sampled_problems : 0,
                                           .samples = samples ? config.samples : 0,
                                           .temperature = config.temperature,
                                           .transcripts = config.transcripts,
                                           .on_progress = [&](int64_t done, int64_t total) {
                                             status.step = done;
                                             status.steps = total;
                                             view.update(status);
                                           }});
    view.finish();
    // Printed first: a full disk does not take away what was measured.
    if (args.json())
      fmt::print("{}\n", report::to_json(e).dump());
    else
      print(e);
    report::write_evaluation(out, e);
    evaluated.evaluations.push_back(std::move(e));
  };
  ask("test", task, test, config.problems, read.recipe.rl.max_new_tokens, true);
  if (!longer.empty()) ask("longer", task, longer, config.longer_problems, config.longer_max_new_tokens, false);
  for (const auto& [t, set] : further) {
    ask(fmt::format("test-{}", t->name()), *t, set, config.problems, read.recipe.rl.max_new_tokens, true);
  }
  for (const std::string& name : report::set_aside_evaluations_but(out, evaluated.evaluations))
    log.warn("{0} is now {0}.old: an earlier evaluation asked that set, this one did not", (out / name).string());
  std::vector<report::EvaluatedModel> models{std::move(evaluated)};
  std::vector<report::PairedOutcome> paired;
  if (other) {
    models.push_back(std::move(*other));
    paired = compare(models[0], models[1], log);
    if (!args.json()) print(models[0], models[1], paired);
    if (args.json()) fmt::print("{}\n", to_json(models[1], paired).dump());
  }
  const std::filesystem::path page = out / "eval.html";
  io::write_file_atomically(page, report::evaluation_page(models, paired));
  if (!args.json()) fmt::print("{}\n", page.string());
  if (const std::string complaints = task.complaints(); !complaints.empty()) log.warn("{}", complaints);
  for (const report::Evaluation& e : models[0].evaluations) {
    if (e.limited > 0)
      log.warn(
          "'{}': {} of {} problems leave fewer than {} of the model's positions, so answers to them are cut off "
          "earlier, the first at {} tokens: ask for at most as many",
          e.name, e.limited, e.problems, e.max_new_tokens, e.lowest_limit);
    if (e.too_long > 0)
      log.warn("'{}': {} of {} problems are too long to be asked and count as wrong; the first: {}", e.name, e.too_long,
               e.problems, e.first_too_long);
  }
  return 0;
}

extern const Command eval_command;
const Command eval_command{
    .name = "eval",
    .summary = "what a model does on held-out problems, or how well it foretells a text",
    .positionals = {{"MODEL", "a run or a model directory"}},
    .options = {{"--recipe", "FILE", "the recipe that names task and numbers (default: the run's own)"},
                {"--against", "DIR", "a model or run that was evaluated before: stands beside it"},
                {"--perplexity", "FILE", "no problems: how well the model foretells a text, JSON lines or a directory"},
                {"--context", "N", "of --perplexity: rows of a window (default: the model's positions, at most 1024)"},
                {"--stride", "N", "of --perplexity: rows by which windows follow one another (default: half of those)"},
                {"--key", "KEY", "of --perplexity: where lines of JSON have their text", "text"},
                option::set,
                option::out,
                option::threads,
                option::isa,
                option::json,
                option::quiet},
    .examples = {"millet eval runs/demo/rl", "millet eval runs/demo/rl --against runs/demo/base",
                 "millet eval runs/demo/rl --set eval.problems=2000 --out results",
                 "millet eval runs/shakespeare --perplexity book.txt --stride 16"},
    .keys = keys_of<Recipe>,
    .run = run_eval};

}  // namespace millet::cli
