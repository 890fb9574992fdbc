// millet rl RECIPE: reinforcement learning with rule rewards (R1-Zero).
#include <fmt/core.h>

#include "millet/cli/command.h"
#include "millet/cli/ending.h"
#include "millet/cli/estimate.h"
#include "millet/cli/interrupt.h"
#include "millet/cli/key_table.h"
#include "millet/cli/problems.h"
#include "millet/cli/recipe.h"
#include "millet/cli/session.h"
#include "millet/cli/stderr_log.h"
#include "millet/cli/training.h"
#include "millet/cli/version.h"
#include "millet/model/directory.h"
#include "millet/ops/cpu/ceiling.h"
#include "millet/plan/calibrate.h"
#include "millet/plan/hardware.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/report/run_log.h"
#include "millet/rl/explain.h"
#include "millet/rl/reinforce.h"
#include "millet/rl/reinforce_rehearsal.h"
#include "millet/rl/reinforce_work.h"

namespace millet::cli {

// Seconds of the parts that the job still has. Pre-flight and evaluation decode as rollouts do.
static std::vector<plan::UnitTime> rehearse(Context& ctx, const rl::RlConfig& rl, const model::ModelConfig& config,
                                            const Problems& problems, const Work& work) {
  rl::ReinforceRehearsal rehearsal(ctx, rl, config, rl::prompt_tokens(rl, problems.form(), problems.task()));
  rehearsal.fill();
  const double decode = plan::seconds_of([&] { rehearsal.decode(); }, {.seconds = 0.8, .most = 20 * rl.steps});
  const double train = plan::seconds_of([&] { rehearsal.train(); }, {.seconds = 0.8, .most = rl.steps});
  const double update = plan::seconds_of([&] { rehearsal.update(); }, {.seconds = 0.2, .most = rl.steps});
  std::vector<plan::UnitTime> times;
  for (const Phase& phase : work.phases)
    times.push_back({phase.name, phase.name == "training" ? train : phase.name == "updates" ? update : decode});
  return times;
}

static int run_rl(const Arguments& args) {
  ReadRecipe read = read_recipe(args);
  Recipe& recipe = read.recipe;
  if (args.has("explain")) {
    require(!args.json(), "--explain prints formulas: there is no --json of them");
    fmt::print("{}\n", rl::explain(recipe.rl));
    return 0;
  }
  require(recipe.task.test.empty() || !recipe.task.problems.empty(),
          "task.test is given, but not task.problems: name what is to be learned from as well, or leave both away");
  require(!recipe.init.empty(),
          "reinforcement learning starts from a trained model: name it with --set init=DIR (random weights earn no "
          "reward)");
  const std::filesystem::path out = args.out().value_or(std::filesystem::path("runs") / (read.name + "-rl"));
  const report::RunInfo info{
      .verb = "rl", .version = version_text(), .machine = plan::this_machine().describe(), .seed = recipe.seed};
  if (!args.has("dry-run")) report::Run::check_place(out, info, read.resolved);

  report::View view = report::View::on_stderr(args.quiet());
  report::RunLog early_log(nullptr, &view);
  for (const std::string& remark : recipe.rl.remarks()) early_log.warn("{}", remark);
  const Machine machine(args, early_log);
  const std::filesystem::path init = find_model(recipe.init, early_log);
  const text::Tokenizer tokenizer = text::Tokenizer::load(init);
  const model::ModelConfig config = model::read_directory_config(init, early_log);
  const Problems problems(read, tokenizer, init, config);
  if (const std::string remarks = problems.task().remarks(); !remarks.empty()) early_log.warn("{}", remarks);
  const Work work = rl::reinforce_work(recipe.rl, config, problems.form(), problems.task(),
                                       {.threads = args.threads(), .first_step = step_reached(out)});
  const bool ends_here = estimate_job(args, work, [&] {
    Context scratch(*machine.device, args.threads());
    return rehearse(scratch, recipe.rl, config, problems, work);
  });
  if (ends_here) return 0;
  const LoadedModel loaded(init, *machine.ctx, nn::Parameters::Mode::training);
  std::unique_ptr<LoadedModel> reference;
  if (recipe.rl.grpo.needs_reference()) {
    reference = std::make_unique<LoadedModel>(init, *machine.ctx, nn::Parameters::Mode::inference);
  }

  const InterruptWatch watch([&](std::string_view text) { args.quiet() ? tell(text, 0) : view.note(text); });
  report::Run run = report::Run::create_or_resume(out, info, read.resolved);
  report::RunLog log(&run, &view);
  Context ctx(*machine.device, args.threads(), log);
  if (reference) log.info("the reference is {}", init.string());
  if (!args.quiet()) tell(rl::explain(recipe.rl), 7);  // behind "GRPO   "
  const train::Ended ended = rl::reinforce(ctx, {.config = recipe.rl,
                                                 .seed = static_cast<uint64_t>(recipe.seed),
                                                 .model = *loaded.decoder,
                                                 .reference = reference ? reference->decoder.get() : nullptr,
                                                 .task = problems.task(),
                                                 .form = problems.form(),
                                                 .companions = companions_of(tokenizer, init, config),
                                                 .run = run,
                                                 .view = view,
                                                 .hooks = {.stop = interrupted},
                                                 .peak_flops = ops::cpu::measure_peak_flops(ctx)});
  return end_run(run, view, ended);
}

extern const Command rl_command;
const Command rl_command{
    .name = "rl",
    .summary = "let a trained model learn by reward: GRPO and its relatives with rule rewards, as R1-Zero",
    .positionals = {{"RECIPE", "a TOML recipe"}},
    .options = {option::set,
                {"--explain", "", "print the formulas of what would be computed, and end"},
                option::out,
                option::threads,
                option::seed,
                option::isa,
                option::dry_run,
                option::json,
                option::quiet},
    .examples = {"millet rl recipes/demo.toml --set rl.algorithm=dapo --explain",
                 "millet rl recipes/demo.toml --set init=runs/demo/base --out runs/demo/rl",
                 "millet rl recipes/demo.toml --set init=runs/demo/base --set rl.reward.kind=random "
                 "--out runs/demo/random_reward"},
    .keys = keys_of<Recipe>,
    .run = run_rl};

}  // namespace millet::cli
