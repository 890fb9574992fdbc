#include "millet/rl/rewards.h"

#include "millet/core/rng.h"

namespace millet::rl {

report::Reward reward(const RewardConfig& config, const eval::Grade& grade, const Coin& coin) {
  bool rewarded = grade.right;
  if (config.kind == "random") {
    Rng rng(coin.seed, "random reward", static_cast<uint64_t>(coin.step), static_cast<uint64_t>(coin.sample));
    rewarded = rng.uniform() < config.random_share;
  }
  const double accuracy = rewarded ? config.accuracy : 0.0;
  const double format = grade.response.well_formed ? config.format : 0.0;
  return {.total = accuracy + format, .parts = {{"accuracy", accuracy}, {"format", format}}};
}

}  // namespace millet::rl
