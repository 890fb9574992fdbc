#include "millet/ops/scratch.h"

#include <algorithm>

#include "millet/core/arena.h"
#include "millet/ops/attention.h"

namespace millet::ops {

static constexpr int64_t kFloat = 4;

static int64_t next16(int64_t n) {
  return (n + 15) / 16 * 16;
}

// Rows of a panel are padded to whole vectors of the widest instruction set.
int64_t packed_bytes_at_most(const Shape& weight) {
  const int64_t matrices = weight.rank() == 3 ? weight[0] : 1;
  return matrices * next16(weight[-2]) * weight[-1] * kFloat;
}

// The weight in panels of its rows (forward) or of its columns (backward), each matrix by itself.
int64_t product_scratch_bytes(const Shape& weight) {
  const int64_t matrices = weight.rank() == 3 ? weight[0] : 1, rows = weight[-2], columns = weight[-1];
  return matrices * Arena::footprint(kFloat * std::max(next16(rows) * columns, next16(columns) * rows));
}

// A tile of keys and one of values, two blocks of weights over a tile, and two numbers a row.
int64_t attention_scratch_bytes(int64_t depth, int64_t width, int64_t longest) {
  constexpr int64_t kBlockRows = 64, kUnitRows = 256;
  return kFloat * (kAttentionTile * (depth + width) + 2 * kBlockRows * kAttentionTile +
                   2 * std::max<int64_t>(kUnitRows, next16(longest)));
}

// The matrix twice, two squares of its shorter side (rows are padded and kept apart), and a double for each row.
int64_t muon_scratch_bytes(int64_t rows, int64_t columns) {
  const int64_t longer = std::max(rows, columns), shorter = std::min(rows, columns);
  const auto apart = [](int64_t width) { return next16(width) + 16; };
  const int64_t matrix = std::max(longer * apart(shorter), shorter * apart(longer));
  return kFloat * 2 * (next16(matrix) + next16(shorter * apart(shorter))) + 8 * next16(rows);
}

// A weight and a key of 64 bits for each token.
int64_t sample_scratch_bytes(int64_t vocabulary) {
  return (kFloat + 8) * next16(vocabulary);
}

}  // namespace millet::ops
