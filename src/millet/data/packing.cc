#include "millet/data/packing.h"

#include <algorithm>

#include "millet/core/error.h"

namespace millet::data {

int64_t scored_tokens(std::span<const Example> examples) {
  int64_t scored = 0;
  for (const Example& e : examples) scored += std::count(e.scored.begin(), e.scored.end(), uint8_t{1});
  return scored;
}

PackedBatch pack(std::span<const Example> examples, double denominator) {
  PackedBatch batch;
  for (const Example& e : examples) {
    require(e.rows() >= 1, "an example of {} tokens cannot be packed: it foretells nothing", e.tokens.size());
    batch.segments.push_back({.first_row = batch.rows(), .rows = e.rows()});
    for (size_t i = 0; i + 1 < e.tokens.size(); ++i) {
      batch.tokens.push_back(e.tokens[i]);
      batch.positions.push_back(static_cast<int32_t>(i));
      batch.next.push_back(e.tokens[i + 1]);
      batch.weight.push_back(e.scored[i + 1] != 0 ? static_cast<float>(1 / denominator) : 0.0f);
    }
  }
  return batch;
}

PackedStep pack_step(const Source& source, uint64_t index, const StepOptions& options) {
  const int64_t batch_rows = options.batch_rows > 0 ? options.batch_rows : options.rows;
  PackedStep step{.end_index = index};
  // NOTE: examples are not sorted by length or fitted into gaps: without padding rows there is nothing to gain, and an
  // order that depends on what else is near would make the position of a run more than an integer.
  // One list of examples for each batch: the denominator is known only when all of the step's are.
  std::vector<std::vector<Example>> batches;
  int64_t room = 0;
  while (step.end_index < source.size().value_or(UINT64_MAX)) {
    if (options.scored > 0 && step.scored >= options.scored) break;
    Example e = source.at(step.end_index);
    require(
        e.rows() <= std::min(batch_rows, options.rows),
        "example {} has {} rows, a step takes {} (train.step_tokens) and a batch {} (train.micro_batch_tokens): raise "
        "them, or shorten the examples (data.context)",
        step.end_index, e.rows(), options.rows, batch_rows);
    if (step.rows + e.rows() > options.rows) break;
    if (e.rows() > room) {
      batches.emplace_back();
      room = batch_rows;
    }
    room -= e.rows();
    step.rows += e.rows();
    step.scored += scored_tokens({&e, 1});
    step.bytes += e.bytes;
    ++step.examples;
    ++step.end_index;
    batches.back().push_back(std::move(e));
  }
  const double denominator = options.denominator > 0 ? options.denominator : static_cast<double>(step.scored);
  for (const std::vector<Example>& examples : batches) step.batches.push_back(pack(examples, denominator));
  return step;
}

}  // namespace millet::data
