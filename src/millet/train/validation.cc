#include "millet/train/validation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "millet/core/error.h"

namespace millet::train {

// Without backward less is kept, so more fits; but a user's own bound holds.
int64_t validation_batch_rows(const PretrainConfig& config) {
  return config.micro_batch_tokens > 0 ? config.micro_batch_tokens : std::max<int64_t>(config.step_tokens, 4096);
}

data::PackedStep validation_batch(const PretrainConfig& config, const data::Source& source, uint64_t index,
                                  int64_t scored) {
  const int64_t wanted = config.validate_tokens;
  if (wanted > 0 && scored >= wanted) return {};
  // Weights of 1: the sum is divided once, by what was scored in the end.
  return data::pack_step(
      source, index,
      {.rows = validation_batch_rows(config), .scored = wanted > 0 ? wanted - scored : 0, .denominator = 1});
}

ValidationLoss validation_loss(Context& ctx, Objective& objective, const PretrainConfig& config,
                               const data::Source& source) {
  double sum = 0;
  int64_t scored = 0, bytes = 0;
  for (uint64_t index = 0;;) {
    const data::PackedStep step = validation_batch(config, source, index, scored);
    if (step.examples == 0) break;
    for (const data::PackedBatch& batch : step.batches) sum += objective.evaluate(ctx, batch).main;
    scored += step.scored;
    bytes += step.bytes;
    index = step.end_index;
  }
  require(scored > 0, "validation: there is no text to validate on");
  return {.loss = sum / static_cast<double>(scored),
          .bits_per_byte = bytes > 0 ? sum / std::numbers::ln2 / static_cast<double>(bytes) : std::nan("")};
}

}  // namespace millet::train
