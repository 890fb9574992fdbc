#include "millet/train/micro_batch.h"

namespace millet::train {

MicroBatch::MicroBatch(const data::PackedBatch& packed, Arena& arena) {
  for (const data::PackedSegment& s : packed.segments) segments.push_back({.first_row = s.first_row, .rows = s.rows});
  batch.tokens = arena.ids(packed.tokens);
  batch.positions = arena.ids(packed.positions);
  batch.next = arena.ids(packed.next);
  batch.segments = segments;
  batch.keep = true;
}

}  // namespace millet::train
