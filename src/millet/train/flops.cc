#include "millet/train/flops.h"

namespace millet::train {

double forward_flops(const model::Decoder& model, std::span<const data::PackedSegment> segments, bool mtp) {
  // Attention grows with Σ rows · (rows + 1), all else with Σ rows: the two that cost() is linear in.
  int64_t rows = 0, squares = 0;
  for (const data::PackedSegment& s : segments) {
    rows += s.rows;
    squares += s.rows * s.rows;
  }
  if (rows == 0) return 0;
  const int64_t context = (squares + rows / 2) / rows;
  return model.cost(rows, context, mtp).flops;
}

}  // namespace millet::train
