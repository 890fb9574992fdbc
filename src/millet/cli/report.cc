// millet report DIR: the page of a run, or of a demonstration and its controls.
#include <fmt/core.h>

#include "millet/cli/command.h"
#include "millet/cli/demonstration.h"
#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/report/compare_page.h"
#include "millet/report/evaluation.h"
#include "millet/report/html.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/report/summary.h"

namespace millet::cli {

// What pass@k of the runs' evaluations counts; the number stands there where it is the same in all.
static std::string any_of_k(const std::filesystem::path& dir) {
  std::string same;
  for (const char* run : {"base", "rl", "random_reward", "supervised"}) {
    const report::Sampling s = report::read_evaluation(dir / run / "eval-test.json").sampled;
    const std::string here = fmt::format("any of {} at T = {:g}", s.k, s.temperature);
    if (s.k == 0 || (!same.empty() && same != here)) return "any of k samples";
    same = here;
  }
  return same;
}

// Before and after, and the controls beside them.
static void print(const report::Summary& summary, const std::string& any_of_k) {
  using report::Outcome, report::Unit, report::reading;
  const Outcome* columns[] = {&summary.before, &summary.after, &summary.random_reward, &summary.supervised};
  auto row = [&](std::string_view name, double Outcome::*value, Unit unit) {
    fmt::print("{:<22}", name);
    for (const Outcome* outcome : columns) fmt::print("{:>14}", reading(outcome->*value, unit));
    fmt::print("\n");
  };
  fmt::print("{:<22}{:>14}{:>14}{:>14}{:>14}\n", "", "before", "after RL", "random reward", "supervised");
  row("right, greedy", &Outcome::pass1, Unit::fraction);
  row(any_of_k, &Outcome::passk, Unit::fraction);
  row("tokens of an answer", &Outcome::length, Unit::tokens);
  fmt::print("Guessing gets {}. {} log-probabilities compared between sampling and training: {} differ.\n\n",
             reading(summary.chance, Unit::fraction), reading(static_cast<double>(summary.ratio_tokens), Unit::count),
             summary.ratio_mismatches);
}

static int compare(const Arguments& args) {
  std::vector<std::filesystem::path> dirs(args.all("DIR").begin(), args.all("DIR").end());
  const std::filesystem::path page = args.text("page");
  io::write_file_atomically(page, report::compare_page(dirs));
  fmt::print("{}\n", page.string());
  return 0;
}

static int run_report(const Arguments& args) {
  if (args.all("DIR").size() > 1) return compare(args);
  require(!args.has("page"), "--page is for several runs: the page of one is its own report.html");
  const std::filesystem::path dir = args.all("DIR").front();
  require(std::filesystem::is_directory(dir), "{}: there is no such directory", dir.string());
  const bool is_demonstration = !report::is_run(dir);
  if (is_demonstration) summarise_demonstration(dir);
  report::write_page(dir);
  if (is_demonstration) print(report::read_summary(dir), any_of_k(dir));
  fmt::print("{}\n", (dir / "report.html").string());
  return 0;
}

extern const Command report_command;
const Command report_command{
    .name = "report",
    .summary = "one page with charts and transcripts of a run, of several, or of a demonstration",
    .positionals = {{"DIR", "a run, several, or a directory that holds base, rl and the controls", false, true}},
    .options = {{"--page", "FILE", "the page of several runs", "compare.html"}},
    .examples = {"millet report runs/shakespeare", "millet report runs/demo",
                 "millet report runs/demo/rl runs/demo/random_reward"},
    .run = run_report};

}  // namespace millet::cli
