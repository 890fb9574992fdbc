// A packed batch on the device, ready for a forward.
#pragma once

#include <vector>

#include "millet/core/arena.h"
#include "millet/data/packing.h"
#include "millet/nn/batch.h"

namespace millet::train {

struct MicroBatch {
  nn::Batch batch;                    // keep = true
  std::vector<nn::Segment> segments;  // what batch.segments points to

  // Tensors come from `arena`. A MicroBatch stays where it is made: batch points into it.
  MicroBatch(const data::PackedBatch& packed, Arena& arena);
  MicroBatch(const MicroBatch&) = delete;
  MicroBatch& operator=(const MicroBatch&) = delete;
};

}  // namespace millet::train
