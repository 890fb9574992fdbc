#include "millet/train/pretrain_rehearsal.h"

#include "millet/train/pretrain_work.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("a rehearsal leaves no trace in the job: its weights and its run are those without one") {
  const Folder folder("rehearsal");
  SmallJob alone, rehearsed;
  alone.pretrain(small_training(), folder / "alone");
  Context ctx(*rehearsed.device, 2);
  const train::PretrainConfig config = small_training();
  {
    train::PretrainRehearsal rehearsal(ctx, config, rehearsed.model.config(), *rehearsed.streams.train);
    for (int i = 0; i < 12; ++i) rehearsal.step();  // more than the job has
    rehearsal.validate(*rehearsed.streams.validation.front().source);
  }
  rehearsed.pretrain(config, folder / "rehearsed", 2);
  CHECK(rehearsed.weights() == alone.weights());
}

TEST_CASE("a step and a validation stay within the scratch memory that the loop reserves") {
  for (const char* optimizer : {"muon", "adamw"}) {
    for (const int threads : {1, 2}) {
      SmallJob job;
      Context ctx(*job.device, threads);
      train::PretrainConfig config = small_training();
      config.optimizer.name = optimizer;
      train::PretrainRehearsal rehearsal(ctx, config, job.model.config(), *job.streams.train);
      rehearsal.step();
      rehearsal.validate(*job.streams.validation.front().source);
      CHECK(ctx.workspace().reserved_bytes() == train::pretrain_scratch_bytes(config, job.model, threads));
    }
  }
}
