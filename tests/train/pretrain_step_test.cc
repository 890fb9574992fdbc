#include "millet/train/pretrain_step.h"

#include "millet/core/error.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("a step moves weights, begins the next behind its examples, and counts every row") {
  SmallJob job;
  Context ctx(*job.device, 1);
  const train::PretrainConfig config = small_training();
  train::Optimizer optimizer(config.optimizer, job.parameters);
  train::Objective objective(config.objective, job.model);
  const auto before = job.weights();
  const train::PretrainStep first =
      train::pretrain_step(ctx, config, job.model, objective, optimizer, *job.streams.train, 0, 0);
  CHECK(job.weights() != before);
  CHECK(first.rows > 64);
  CHECK(first.rows <= config.step_tokens);
  CHECK(first.lr == doctest::Approx(config.lr.peak / 2));
  CHECK(first.loads.size() == 2);  // one MoE block, and the second prediction's
  CHECK(first.losses.mtp > 0);
  const train::PretrainStep second =
      train::pretrain_step(ctx, config, job.model, objective, optimizer, *job.streams.train, 1, first.end_example);
  CHECK(second.end_example > first.end_example);
  CHECK(second.flops > 0);
}

TEST_CASE("a source that has come to its end is an error that names the step") {
  SmallJob job;
  Context ctx(*job.device, 1);
  const train::PretrainConfig config = small_training();
  train::Optimizer optimizer(config.optimizer, job.parameters);
  train::Objective objective(config.objective, job.model);
  const data::Source& source = *job.streams.validation.front().source;
  CHECK_THROWS_WITH_AS(train::pretrain_step(ctx, config, job.model, objective, optimizer, source, 7, *source.size()),
                       doctest::Contains("at step 7"), Error);
}

TEST_CASE("micro-batches bound a step's rows") {
  train::PretrainConfig config;
  config.step_tokens = 1000;
  CHECK(train::micro_batch_rows(config) == 1000);
  config.micro_batch_tokens = 200;
  CHECK(train::micro_batch_rows(config) == 200);
  config.micro_batch_tokens = 3000;
  CHECK(train::micro_batch_rows(config) == 1000);
}
