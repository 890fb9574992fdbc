#include "millet/train/pretrain_work.h"

#include "millet/model/cost.h"
#include "millet/model/presets.h"
#include "millet/report/metrics.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

static Work work_of(const SmallJob& job, const train::PretrainConfig& config, int64_t first_step = 0) {
  return train::pretrain_work(config, job.model.config(), *job.streams.train, job.streams.validation,
                              {.threads = 1, .context = job.data.context, .first_step = first_step});
}

static int64_t bytes_of(const Work& work, std::string_view name) {
  for (const Holding& h : work.memory) {
    if (h.name == name) return h.bytes;
  }
  return -1;
}

TEST_CASE("operations and tokens are those that the run counts, to a tenth") {
  const Folder folder("work");
  SmallJob job;
  train::PretrainConfig config = small_training();
  config.step_tokens = 512;
  const Work work = work_of(job, config);
  job.pretrain(config, folder / "run");
  double tokens = 0, flops = 0;
  for (const auto& row : report::read_metrics(folder / "run")) {
    if (row.phase != "train") continue;
    tokens += row["tokens"];
    flops = row["flops"];
  }
  const Phase& training = work.phases.front();
  CHECK(training.name == "training");
  CHECK(training.units == 8);
  CHECK(training.tokens == doctest::Approx(tokens).epsilon(0.1));
  CHECK(training.flops == doctest::Approx(flops).epsilon(0.1));
  CHECK_FALSE(training.upper_bound);
}

TEST_CASE("validations on the way and at the end are counted, and those of steps already done are not") {
  SmallJob job;
  train::PretrainConfig config = small_training();
  config.steps = 10;
  config.validate_every = 4;  // after 4, 8 and in the end
  const double all = work_of(job, config).phases[1].units;
  CHECK(all == doctest::Approx(3));  // eight problems are one forward
  CHECK(work_of(job, config, 5).phases[1].units == doctest::Approx(2));
  CHECK(work_of(job, config, 5).phases[0].units == 5);
  CHECK(work_of(job, config, 10).phases[1].units == 0);
  config.validate_every = 0;
  CHECK(work_of(job, config).phases[1].units == doctest::Approx(1));
  CHECK(work_of(job, config, 10).phases[1].units == 0);
}

TEST_CASE("a bound on operations shortens the job") {
  SmallJob job;
  train::PretrainConfig config = small_training();
  config.steps = 1000;
  const double whole = work_of(job, config).phases[0].flops;
  config.max_flops = whole / 10;
  CHECK(work_of(job, config).phases[0].units == 100);
}

TEST_CASE("micro-batches lessen activations and nothing else; AdamW has twice Muon's state of matrices") {
  SmallJob job;
  train::PretrainConfig config = small_training();
  config.step_tokens = 4096;
  const Work whole = work_of(job, config);
  config.micro_batch_tokens = 512;
  const Work parts = work_of(job, config);
  CHECK(bytes_of(parts, "activations") < bytes_of(whole, "activations") / 6);
  CHECK(bytes_of(parts, "weights") == bytes_of(whole, "weights"));
  config.optimizer.name = "adamw";
  const Work adamw = work_of(job, config);
  CHECK(bytes_of(adamw, "optimizer") > bytes_of(parts, "optimizer"));
  CHECK(bytes_of(adamw, "optimizer") <= 2 * bytes_of(adamw, "weights"));
}

TEST_CASE("DeepSeek-V3 needs its thirteen terabytes of weights, gradients and moments, known at once") {
  SmallJob job;
  model::ModelConfig v3 = model::find_preset("deepseek-v3")->config;
  train::PretrainConfig config;
  const Work work = train::pretrain_work(config, v3, *job.streams.train, job.streams.validation, {.context = 96});
  const double parameters = static_cast<double>(model::count(v3).parameters + model::count(v3).mtp);
  CHECK(static_cast<double>(bytes_of(work, "weights")) == doctest::Approx(4 * parameters).epsilon(0.001));
  CHECK(static_cast<double>(bytes_of(work, "optimizer")) == doctest::Approx(8 * parameters).epsilon(0.001));
}

TEST_CASE("every holding that is large says what lessens it") {
  SmallJob job;
  for (const Holding& h : work_of(job, small_training()).memory) {
    CAPTURE(h.name);
    CHECK(h.bytes > 0);
    CHECK_FALSE(h.remedy.empty());
  }
}
