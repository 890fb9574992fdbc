#include "millet/rl/reinforce_rehearsal.h"

#include "millet/rl/reinforce_work.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("all parts of a step can be rehearsed, in any order, within the scratch memory that the loop reserves") {
  SmallJob job;
  rl::RlConfig config;
  config.prompts = 3;
  config.group = 4;
  config.max_new_tokens = 24;
  config.micro_batch_tokens = 100;
  const int64_t prompt = 10;
  for (const int threads : {1, 2}) {
    Context ctx(*job.device, threads);
    rl::ReinforceRehearsal rehearsal(ctx, config, job.model.config(), prompt);
    rehearsal.fill();
    for (int i = 0; i < 40; ++i) rehearsal.decode();  // more steps than the answers have
    rehearsal.train();
    rehearsal.update();
    rehearsal.decode();
    CHECK(ctx.workspace().reserved_bytes() ==
          rl::reinforce_scratch_bytes(config, job.model, prompt + config.max_new_tokens, threads));
  }
}
