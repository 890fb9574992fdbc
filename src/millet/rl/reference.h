// The model that the KL term holds the policy to, and its renewal: every n steps the policy's weights become it.
// Source of the renewal: ProRL (Liu et al. 2025, arXiv 2505.24864), which also begins the optimizer anew; here it goes
// on.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "millet/core/context.h"
#include "millet/model/decoder.h"
#include "millet/report/rollouts.h"
#include "millet/rl/config.h"
#include "millet/rl/objective.h"

namespace millet::rl {

// Takes the KL penalty of each rollout (algorithms/kl) from its reward, as the part "kl"; `reference` holds the
// log-probabilities of their ids. Gives the mean estimate over all tokens.
double charge_kl(const GrpoConfig& config, std::span<report::Rollout> rollouts,
                 std::span<const std::vector<float>> reference);

class Reference {
 public:
  // `model` holds the first reference. A renewed one is kept as <run>/reference-STEP, so that a run goes on with the
  // same bits. All must outlive it.
  Reference(const RlConfig& config, model::Decoder& model, std::filesystem::path run);

  // Before going on from the checkpoint of `step`: the reference that was in force then. Throws Error where its
  // directory is gone.
  void restore(int64_t step);

  // While the first reference is in force, a hash of its weights; "" where a renewed one is.
  std::string first() const { return renewed_ ? "" : first_; }

  // After step `step`, before its checkpoint: takes the policy's weights where the time has come, and removes what no
  // kept checkpoint needs any more. True where it did.
  bool renew(int64_t step, const model::Decoder& policy);

  // Removes what no checkpoint that is there needs any more. That of step `newest`, whose checkpoint is still to come,
  // stays; -1: none.
  void remove_stale(int64_t newest = -1);

  // Log-probabilities of each rollout's ids.
  std::vector<std::vector<float>> log_probs(Context& ctx, std::span<const report::Rollout* const> rollouts) {
    return objective_.log_probs(ctx, rollouts);
  }

 private:
  const RlConfig& config_;
  model::Decoder& model_;
  std::filesystem::path run_;
  std::string first_;
  bool renewed_ = false;
  Objective objective_;
};

}  // namespace millet::rl
