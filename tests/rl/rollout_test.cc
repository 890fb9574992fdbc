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
    rl::Drawn last;
    for (const int64_t step : steps) last = maker.make(ctx, step);
    CHECK(last.trained == last.rollouts.size());
    CHECK(last.draws == 1);
    return last.rollouts;
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

TEST_CASE("groups that are all right or all wrong are drawn anew, up to the cap, and only mixed ones are trained on") {
  SmallJob job;
  rl::RlConfig config;
  config.min = 2;
  config.max = 3;
  config.prompts = 4;
  config.group = 3;
  config.max_new_tokens = 12;
  config.reward.kind = "random";  // the coin decides what is right
  const text::ThinkingFormat format(job.tokenizer);
  Context ctx(*job.device, 1);
  infer::Engine engine(job.model, {.max_rows = 8, .cache_pages = 8});
  auto roll = [&](int64_t draws, double share, int64_t step = 7) {
    config.draws = draws;
    config.reward.random_share = share;
    return rl::RolloutMaker(config, 5, engine, format, tasks::find(config.task)).make(ctx, step);
  };
  const auto right = [](const report::Rollout& r) { return r.reward.parts[0].second > 0; };
  const rl::Drawn plain = roll(1, 0.2), filled = roll(50, 0.2);
  CHECK(plain.count.groups() == 4);
  CHECK(filled.count.mixed == 4);
  CHECK(filled.trained == 12);
  CHECK(filled.draws > 1);
  CHECK(static_cast<int64_t>(filled.rollouts.size()) == 3 * filled.count.groups());
  for (size_t g = 0; g < 4; ++g) {
    const auto group = std::span(filled.rollouts).subspan(3 * g, 3);
    const auto n = std::count_if(group.begin(), group.end(), right);
    CHECK(n > 0);
    CHECK(n < 3);
    for (const auto& r : group) CHECK(r.group == group.front().group);
  }
  // The first draw is what it would have been without others.
  for (const auto& r : filled.rollouts) {
    for (const auto& p : plain.rollouts) {
      if (p.group == r.group && p.sample == r.sample) CHECK(p.ids == r.ids);
    }
  }
  const rl::Drawn again = roll(50, 0.2);
  REQUIRE(again.rollouts.size() == filled.rollouts.size());
  for (size_t i = 0; i < again.rollouts.size(); ++i) CHECK(again.rollouts[i].ids == filled.rollouts[i].ids);

  const rl::Drawn never = roll(3, 0);
  CHECK(never.draws == 3);
  CHECK(never.trained == 0);
  CHECK(never.count.all_wrong == 12);
  CHECK(roll(3, 1).count.all_right == 12);
}
