// One head of some query rows over tiles of 64 keys: the same function for training, prefill and decoding.
#pragma once

#include <cstdint>

namespace millet::ops::cpu {

// Positions of a tile of keys.
inline constexpr int64_t kKeys = 64;

// Query rows over one tile of keys. Row r sees the tile's keys 0 … min(visible + r, 64) − 1, at least one.
struct AttentionTile {
  const float* q;  // [rows, depth]
  int64_t q_row;
  const float* keys;    // [depth][64], positions innermost; beyond the last position any finite values
  const float* values;  // [64, width]
  int64_t values_row;
  float* y;  // [rows, width]: the running output, not yet divided
  int64_t y_row;
  float* max;  // [rows]: running maximum of the scores
  float* sum;  // [rows]: running sum of exp(score − max)
  int64_t rows, visible;
  int64_t depth, width;
  float scale;
  bool first;  // the sequence's first tile: y, max and sum are not read
};

// After the last tile: y *= 1 / sum, lse = max + log sum.
struct AttentionFinish {
  float* y;  // [rows, width]
  int64_t y_row;
  const float* max;  // [rows]
  const float* sum;  // [rows]
  float* lse;        // [rows], null: not wanted
  int64_t lse_row;
  int64_t rows, width;
};

// Gradients of some query rows and one tile of keys, for one head.
struct AttentionBackwardTile {
  const float* q;  // [rows, depth]
  int64_t q_row;
  const float* dy;  // [rows, width]
  int64_t dy_row;
  const float* keys;    // [depth][64]
  const float* values;  // [width][64]
  const float* k;       // [key_rows, depth]
  int64_t k_row;
  const float* lse;  // [rows]
  int64_t lse_row;
  const float* delta;  // [rows]: dy · y
  float* p;            // [rows][64] scratch
  float* ds;           // [rows][64] scratch
  float* dq;           // [rows, depth]
  int64_t dq_row;
  float* dk;  // [key_rows, depth]
  int64_t dk_row;
  float* dv;  // [key_rows, width]
  int64_t dv_row;
  int64_t rows, visible, key_rows;
  int64_t depth, width;
  float scale;
  bool first_keys;  // dq starts here, else it goes on
  bool first_rows;  // dk and dv start here, else they go on
};

struct AttentionKernels {
  void (*tile)(const AttentionTile&);
  void (*finish)(const AttentionFinish&);
  void (*backward_tile)(const AttentionBackwardTile&);
  // to[j][r] = from[r · row + j] for `rows` ≤ 64 rows and `depth` columns j; the other positions are 0.
  void (*transpose)(const float* from, int64_t row, int64_t rows, int64_t depth, float* to /* [depth][64] */);
  // delta[r] = a[r] · b[r], a row sum of the numeric contract.
  void (*row_dots)(const float* a, int64_t a_row, const float* b, int64_t b_row, int64_t rows, int64_t width,
                   float* delta);
};

}  // namespace millet::ops::cpu
