#include "millet/rl/rollout.h"

#include "millet/tasks/list.h"
#include "millet/text/thinking.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("rollouts are a function of seed and step, whatever was rolled out before") {
  SmallJob job;
  rl::RlConfig config;
  config.min = 2;
  config.max = 3;
  config.prompts = 3;
  config.group = 2;
  config.max_new_tokens = 12;
  const text::ThinkingFormat format(job.tokenizer);
  auto roll = [&](int threads, const std::vector<int64_t>& steps) {
    Context ctx(*job.device, threads);
    infer::Engine engine(job.model, {.max_rows = 8, .cache_pages = 8});
    rl::RolloutMaker maker(config, 5, engine, format, tasks::find(config.task));
    std::vector<report::Rollout> last;
    for (const int64_t step : steps) last = maker.make(ctx, step);
    return last;
  };
  const auto a = roll(1, {7}), b = roll(2, {3, 9, 7}), c = roll(1, {8});
  REQUIRE(a.size() == 6);
  for (size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].ids == b[i].ids);
    CHECK(a[i].log_probs == b[i].log_probs);
    CHECK(a[i].group == static_cast<int64_t>(i / 2));
    CHECK(a[i].prompt_ids == format.prompt(a[i].prompt));
  }
  CHECK(a[0].problem != c[0].problem);
}
