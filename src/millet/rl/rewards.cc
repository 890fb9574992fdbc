#include "millet/rl/rewards.h"

#include "millet/core/rng.h"

namespace millet::rl {

Judgement judge(const RewardConfig& config, const tasks::Task& task, const tasks::Problem& problem,
                const text::ThinkingFormat& format, std::span<const int32_t> ids, const Coin& coin) {
  Judgement j;
  j.response = format.split(ids);
  j.right = j.response.well_formed && task.verify(problem, j.response.answer);
  bool rewarded = j.right;
  if (config.kind == "random") {
    Rng rng(coin.seed, "random reward", static_cast<uint64_t>(coin.step), static_cast<uint64_t>(coin.sample));
    rewarded = rng.uniform() < config.random_share;
  }
  const double accuracy = rewarded ? config.accuracy : 0.0;
  const double form = j.response.well_formed ? config.format : 0.0;
  j.reward = {.total = accuracy + form, .parts = {{"accuracy", accuracy}, {"format", form}}};
  return j;
}

}  // namespace millet::rl
