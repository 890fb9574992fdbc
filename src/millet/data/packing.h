// Examples → rows: each example becomes a segment of its own with positions from 0, one after another, without padding.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "millet/data/source.h"

namespace millet::data {

struct PackedSegment {
  int64_t first_row = 0;
  int64_t rows = 0;
};

// What nn::Batch is made of, still on the host. An example of n tokens has n − 1 rows: its last token is only foretold.
struct PackedBatch {
  std::vector<int32_t> tokens;     // [T]
  std::vector<int32_t> positions;  // [T], counted from 0 in each segment
  std::vector<int32_t> next;       // [T]: the true token after each row, scored or not
  std::vector<float> weight;       // [T]: 1 / denominator where `next` is scored, else 0
  std::vector<PackedSegment> segments;

  int64_t rows() const { return static_cast<int64_t>(tokens.size()); }
};

// Throws Error: an example of fewer than two tokens.
PackedBatch pack(std::span<const Example> examples, double denominator);

int64_t scored_tokens(std::span<const Example> examples);

struct StepOptions {
  int64_t rows = 1024;     // budget of a step: examples are taken in order until the next one would not fit
  int64_t batch_rows = 0;  // budget of one forward; 0: the whole step at once
  int64_t scored = 0;      // no further example once so many tokens are scored; 0: as many as fit
  double denominator = 0;  // what weights are divided by; 0: the number of the step's scored tokens
};

// One optimizer step's examples, in one or more batches whose losses and gradients only add up.
struct PackedStep {
  std::vector<PackedBatch> batches;
  uint64_t end_index = 0;  // where the next step begins
  int64_t examples = 0;
  int64_t rows = 0;
  int64_t scored = 0;
  int64_t bytes = 0;  // Σ Example::bytes
};

// The step that begins with example `index`. It depends on nothing but its arguments. At the end of a source that has
// one the step is short, and then empty. Throws Error: an example that fits into no step or no batch.
PackedStep pack_step(const Source& source, uint64_t index, const StepOptions& options);

}  // namespace millet::data
