#include "millet/train/validation.h"

#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("a batch of validation is as large as its budget, and no larger than what is asked for") {
  train::PretrainConfig config;
  config.step_tokens = 1000;
  CHECK(train::validation_batch_rows(config) == 4096);
  config.micro_batch_tokens = 200;
  CHECK(train::validation_batch_rows(config) == 200);

  const SmallJob job;
  const data::Source& source = *job.streams.validation.front().source;
  const int64_t all = train::validation_batch({}, source, 0, 0).rows;
  config = {};
  config.validate_tokens = 40;
  const data::PackedStep first = train::validation_batch(config, source, 0, 0);
  CHECK(first.scored >= 40);
  const data::Example last = source.at(first.end_index - 1);
  CHECK(first.scored - data::scored_tokens({&last, 1}) < 40);
  CHECK(first.rows < all);
  CHECK(train::validation_batch(config, source, first.end_index, 40).examples == 0);
  config.validate_tokens = 1'000'000;
  CHECK(train::validation_batch(config, source, 0, 0).rows == all);
  CHECK(train::validation_batch(config, source, *source.size(), all).examples == 0);
}

TEST_CASE("the loss of all is that of its batches, whatever their size; a part of it is a mean of its own") {
  SmallJob job;
  Context ctx(*job.device, 1);
  train::Objective objective({}, job.model);
  const data::Source& source = *job.streams.validation.front().source;
  train::PretrainConfig config;
  const double whole = train::validation_loss(ctx, objective, config, source).loss;
  config.micro_batch_tokens = 96;
  CHECK(train::validation_loss(ctx, objective, config, source).loss == doctest::Approx(whole).epsilon(1e-5));
  config.validate_tokens = 20;
  const double part = train::validation_loss(ctx, objective, config, source).loss;
  CHECK(part > 0);
  CHECK(part != whole);
}
