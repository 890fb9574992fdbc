#include "millet/train/validation.h"

#include <algorithm>

#include "millet/core/error.h"

namespace millet::train {

// Without backward less is kept, so more fits; but a user's own bound holds.
int64_t validation_batch_rows(const PretrainConfig& config) {
  return config.micro_batch_tokens > 0 ? config.micro_batch_tokens : std::max<int64_t>(config.step_tokens, 4096);
}

static uint64_t size_of(const data::Source& source) {
  return source.size().value_or(UINT64_MAX);
}

data::PackedStep validation_batch(const PretrainConfig& config, const data::Source& source, uint64_t index,
                                  int64_t scored) {
  const int64_t rows = validation_batch_rows(config), wanted = config.validate_tokens;
  int64_t examples = 0;
  if (wanted > 0) {
    for (int64_t taken = 0;
         scored < wanted && taken < rows && index + static_cast<uint64_t>(examples) < size_of(source); ++examples) {
      const data::Example e = source.at(index + static_cast<uint64_t>(examples));
      taken += e.rows();
      scored += data::scored_tokens({&e, 1});
    }
    if (examples == 0) return {};
  }
  // Weights of 1: the sum is divided once, by what was scored in the end.
  return data::pack_step(source, index, {.rows = rows, .examples = examples, .denominator = 1});
}

double validation_loss(Context& ctx, Objective& objective, const PretrainConfig& config, const data::Source& source) {
  double sum = 0;
  int64_t scored = 0;
  for (uint64_t index = 0;;) {
    const data::PackedStep step = validation_batch(config, source, index, scored);
    if (step.examples == 0) break;
    for (const data::PackedBatch& batch : step.batches) sum += objective.evaluate(ctx, batch).main;
    scored += step.scored;
    index = step.end_index;
  }
  require(scored > 0, "validation: there is no text to validate on");
  return sum / static_cast<double>(scored);
}

}  // namespace millet::train
