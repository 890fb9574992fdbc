#include "millet/cli/demonstration.h"

#include <fmt/core.h>

#include "millet/cli/recipe.h"
#include "millet/core/error.h"
#include "millet/report/evaluation.h"
#include "millet/report/recipe_values.h"
#include "millet/report/run_data.h"
#include "millet/report/summary.h"

namespace millet::cli {

static report::Evaluation evaluation_of(const std::filesystem::path& run, std::string_view name) {
  const std::filesystem::path file = run / fmt::format("eval-{}.json", name);
  require(std::filesystem::exists(file), "{}: it is missing; make it with `millet eval {}`", file.string(),
          run.string());
  return report::read_evaluation(file);
}

static report::Outcome outcome_of(const std::filesystem::path& run) {
  const report::Evaluation e = evaluation_of(run, "test");
  return {.pass1 = e.pass1, .passk = e.sampled.pass_k, .length = e.length};
}

void summarise_demonstration(const std::filesystem::path& dir) {
  for (const char* name : {"base", "rl", "random_reward", "supervised"}) {
    require(report::is_run(dir / name),
            "{}: it is neither a run nor a demonstration: {} is missing. A demonstration is made by `make demo`",
            dir.string(), (dir / name).string());
  }
  report::Summary s;
  const report::RunData base = report::read_run_data(dir / "base");
  s.recipe = report::recipe_file(base.recipe);
  s.seed = base.info.seed;
  s.chance = evaluation_of(dir / "base", "test").chance;
  s.before = outcome_of(dir / "base");
  s.after = outcome_of(dir / "rl");
  s.random_reward = outcome_of(dir / "random_reward");
  s.supervised = outcome_of(dir / "supervised");
  for (const report::MetricsRow& row : report::read_metrics(dir / "rl")) {
    if (row.phase != "rl") continue;
    s.ratio_tokens += static_cast<int64_t>(row["ratio_tokens"]);
    s.ratio_mismatches += static_cast<int64_t>(row["ratio_mismatches"]);
  }
  double evaluations = 0;
  for (const char* name : {"base", "rl", "random_reward", "supervised"}) {
    for (const report::Evaluation& e : report::read_evaluations(dir / name)) evaluations += e.seconds;
  }
  s.seconds = {{"pre-training", base.info.seconds},
               {"reinforcement learning", report::read_run(dir / "rl").seconds},
               {"control: random reward", report::read_run(dir / "random_reward").seconds},
               {"control: supervised", report::read_run(dir / "supervised").seconds},
               {"evaluation", evaluations}};
  report::write_summary(dir, s);
}

}  // namespace millet::cli
