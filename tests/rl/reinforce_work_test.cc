#include "millet/rl/reinforce_work.h"

#include "millet/core/error.h"
#include "millet/report/metrics.h"
#include "millet/rl/reinforce.h"
#include "millet/tasks/list.h"
#include "millet/text/thinking.h"
#include "tests/rl/small_rl.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

static const Phase& phase(const Work& work, std::string_view name) {
  for (const Phase& p : work.phases) {
    if (p.name == name) return p;
  }
  FAIL("no phase ", std::string(name));
  return work.phases.front();
}

TEST_CASE("every phase is an upper bound of what the run then costs") {
  const Folder folder("rl-work");
  SmallJob job;
  const rl::RlConfig config = small_rl();
  const Work work =
      rl::reinforce_work(config, job.model.config(), text::ThinkingFormat(job.tokenizer), tasks::find(config.task), {});
  for (const Phase& p : work.phases) CHECK(p.upper_bound);

  Context ctx(*job.device, 1);
  report::Run run = report::Run::create_or_resume(folder / "rl", {.verb = "rl", .seed = 1}, "");
  report::View view({.manner = report::View::Manner::quiet});
  const text::ThinkingFormat form(job.tokenizer);
  rl::reinforce(ctx, {.config = config,
                      .seed = 1,
                      .model = job.model,
                      .task = tasks::find(config.task),
                      .form = form,
                      .companions = job.tokenizer.files(),
                      .run = run,
                      .view = view,
                      .hooks = {}});
  double drawn = 0, flops = 0;
  for (const auto& row : report::read_metrics(folder / "rl")) {
    if (row.phase != "rl") continue;
    drawn += row["length"] * 12;
    flops = row["flops"];
  }
  CHECK(drawn > 100);
  CHECK(phase(work, "rollouts").tokens >= drawn);
  CHECK(phase(work, "rollouts").flops + phase(work, "training").flops >= flops);
  CHECK(ctx.workspace().reserved_bytes() ==
        rl::reinforce_scratch_bytes(
            config, job.model,
            rl::prompt_tokens(config, text::ThinkingFormat(job.tokenizer), tasks::find(config.task)) +
                config.max_new_tokens,
            1));
}

TEST_CASE("units: steps of the engine at full length, micro-batches, updates, evaluations from the first on") {
  SmallJob job;
  rl::RlConfig config = small_rl();
  config.minibatches = 3;
  config.epochs = 2;
  const Work work =
      rl::reinforce_work(config, job.model.config(), text::ThinkingFormat(job.tokenizer), tasks::find(config.task), {});
  const int64_t prompt = rl::prompt_tokens(config, text::ThinkingFormat(job.tokenizer), tasks::find(config.task));
  CHECK(phase(work, "rollouts").units == 4 * (24 + (3 * prompt + 11) / 12));
  CHECK(phase(work, "updates").units == 4 * 3 * 2);
  CHECK(phase(work, "training").units == 4 * 2);  // all twelve answers fit into one micro-batch
  CHECK(phase(work, "evaluation").units == 3 * (24 + (4 * prompt + 11) / 12));
  const Work rest = rl::reinforce_work(config, job.model.config(), text::ThinkingFormat(job.tokenizer),
                                       tasks::find(config.task), {.first_step = 2});
  CHECK(phase(rest, "updates").units == 2 * 3 * 2);
  CHECK(phase(rest, "evaluation").units == phase(work, "evaluation").units / 3);
}

TEST_CASE("prompts are as long as the hardest problems make them") {
  SmallJob job;
  rl::RlConfig config = small_rl();
  const int64_t easy = rl::prompt_tokens(config, text::ThinkingFormat(job.tokenizer), tasks::find(config.task));
  config.max = 9;
  CHECK(rl::prompt_tokens(config, text::ThinkingFormat(job.tokenizer), tasks::find(config.task)) > easy);
  CHECK(easy >= 7);  // <bos>1+2+3=?
}

TEST_CASE("a reference costs its weights, and longer answers cost cache") {
  SmallJob job;
  rl::RlConfig config = small_rl();
  const auto bytes = [&](std::string_view name) -> int64_t {
    for (const Holding& h : rl::reinforce_work(config, job.model.config(), text::ThinkingFormat(job.tokenizer),
                                               tasks::find(config.task), {})
                                .memory) {
      if (h.name == name) return h.bytes;
    }
    return 0;
  };
  CHECK(bytes("reference") == 0);
  const int64_t weights = bytes("weights"), cache = bytes("cache");
  config.grpo.kl_beta = 0.1;
  CHECK(bytes("reference") > 2 * weights);
  config.max_new_tokens = 200;
  CHECK(bytes("cache") > cache);
}

TEST_CASE("a range with too few problems for the evaluations is refused before there is a run") {
  SmallJob job;
  rl::RlConfig config = small_rl();
  config.evaluate_every = 1;
  config.min = config.max = 1;
  config.evaluate_problems = 100'000;
  CHECK_THROWS_AS(
      rl::reinforce_work(config, job.model.config(), text::ThinkingFormat(job.tokenizer), tasks::find(config.task), {}),
      Error);
  config.evaluate_every = 0;
  CHECK_NOTHROW(rl::reinforce_work(config, job.model.config(), text::ThinkingFormat(job.tokenizer),
                                   tasks::find(config.task), {}));
}
