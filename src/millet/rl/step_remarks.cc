#include "millet/rl/step_remarks.h"

#include <fmt/core.h>

namespace millet::rl {

static constexpr int64_t kFirstSteps = 3;  // in which it is told that answers are cut off
static constexpr double kMostCutOff = 0.9;
static constexpr int64_t kFruitless = 3;  // after which dynamic sampling gives up

void StepRemarks::add(const report::MetricsRow& row) {
  warnings_.clear();
  end_.clear();
  if (row.step <= kFirstSteps && row["truncated"] > kMostCutOff) {
    warnings_.push_back(
        fmt::format("step {}: {:.0f} % of the answers were cut off at rl.max_new_tokens ({}), which are never right: "
                    "allow longer ones",
                    row.step, 100 * row["truncated"], config_.max_new_tokens));
  }
  if (config_.grpo.divide_by_std && row["nearly_flat"] > 0) {
    warnings_.push_back(
        fmt::format("step {}: the rewards of {} groups differ by less than a ten-thousandth, which "
                    "rl.grpo.divide_by_std makes large",
                    row.step, row["nearly_flat"]));
  }
  if (config_.draws == 1) return;
  fruitless_ = row["all_wrong"] == 1 ? fruitless_ + 1 : 0;
  if (row["groups_trained"] == static_cast<double>(config_.prompts)) return;
  const std::string told = fmt::format(
      "step {}: {} draws gave {} groups of {} with right and wrong answers; of all {} drawn {:.0f} % were all right, "
      "{:.0f} % all wrong",
      row.step, row["draws"], row["groups_trained"], config_.prompts, row["groups_drawn"], 100 * row["all_right"],
      100 * row["all_wrong"]);
  if (fruitless_ < kFruitless) {
    warnings_.push_back(fmt::format("{}: ask {} problems (rl.min, rl.max)", told,
                                    row["all_right"] > row["all_wrong"] ? "harder" : "easier"));
    return;
  }
  end_ = fmt::format(
      "{}, as in the steps before: there is nothing to learn from. Begin with easier problems (rl.min, rl.max), larger "
      "groups (rl.group) or a base that was trained longer",
      told);
}

}  // namespace millet::rl
