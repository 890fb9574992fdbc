#include "millet/rl/rollout_metrics.h"

#include <cmath>

#include "millet/tasks/thought.h"

namespace millet::rl {

report::MetricsRow rollout_metrics(int64_t step, const std::vector<report::Rollout>& rollouts) {
  double reward = 0, right = 0, formed = 0, tokens = 0, thinks = 0, truncated = 0, waits = 0, entropy = 0;
  for (const report::Rollout& r : rollouts) {
    reward += r.reward.total;
    right += r.right ? 1 : 0;
    formed += r.well_formed ? 1 : 0;
    tokens += static_cast<double>(r.ids.size());
    truncated += r.truncated ? 1 : 0;
    thinks += r.thinking.empty() ? 0 : 1;
    waits += static_cast<double>(tasks::waits_in(r.thinking));
    for (const float l : r.log_probs) entropy -= static_cast<double>(l);
  }
  const auto n = static_cast<double>(rollouts.size());
  return {.step = step,
          .phase = "rl",
          .values = {{"reward", reward / n},
                     {"accuracy", right / n},
                     {"format", formed / n},
                     {"length", tokens / n},
                     {"thinks", thinks / n},
                     {"truncated", truncated / n},
                     {"wait", waits / n},
                     // Only a response that thinks can say it, so both have the same sum.
                     {"wait_long", thinks > 0 ? waits / thinks : std::nan("")},
                     // Of sampled tokens, −log p is an unbiased estimate of the entropy.
                     {"entropy", entropy / tokens}}};
}

void record(const Drawn& drawn, bool dynamic_sampling, report::MetricsRow& row) {
  const GroupCount& count = drawn.count;
  row.values.insert(row.values.end(),
                    {{"all_right", count.share(count.all_right)}, {"all_wrong", count.share(count.all_wrong)}});
  if (!dynamic_sampling) return;
  row.values.insert(row.values.end(), {{"draws", static_cast<double>(drawn.draws)},
                                       {"groups_drawn", static_cast<double>(count.groups())},
                                       {"groups_trained", static_cast<double>(count.mixed)}});
}

}  // namespace millet::rl
