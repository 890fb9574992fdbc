// Attention. Bound: per row and key 2·(depth + width) operations and one exponential of some 20; keys and values of a
// tile stay in the first-level cache while the rows pass, so it is FMA-bound but for decoding, which reads each tile
// once for one row.
//
// Tried (Zen 2, one core, 32 segments of 33 rows, 4 heads of 48 and 32; time of forward, then of backward):
//   exp instead of exp_weight, x0.78 and x0.98;  masked stores for whole vectors too, x0.83 and x0.99
//   the tile's operands by value (its flags are stored as bytes and copied as words), x0.96 and x0.93
//   not rescaling where the maximum stays, x0.99
#include "millet/ops/cpu/kernels/attention.h"

#include "millet/ops/cpu/kernels/gemm_block.h"
#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

constexpr float kMinusInfinity = -__builtin_inff();

inline int64_t at_most(int64_t a, int64_t b) {
  return a < b ? a : b;
}

// f(i, mask) for each vector of a row of `width` floats; only the last mask may have fewer than 16 lanes.
// NOTE: whole vectors get no mask at all: a masked store costs some twenty plain ones on the AMD processors with AVX2.
template <class F>
inline void for_vectors(int64_t width, F f) {
  int64_t i = 0;
  for (; i + 16 <= width; i += 16)
    f(
        i, [](const float* p) { return load(p); }, [](float* p, f32x16 x) { store(p, x); });
  if (i < width) {
    const mask16 m = first(width - i);
    f(
        i, [m](const float* p) { return load(p, m); }, [m](float* p, f32x16 x) { store(p, x, m); });
  }
}

// Scales the scores s [rows][64] of whole vectors up to `keys`, with −∞ where row r sees fewer (masked: any does), and
// gives each row's largest.
template <bool masked>
inline void scale_scores(float (*s)[kKeys], int64_t rows, int64_t keys, int64_t seen_by_first, f32x16 scale,
                         float* top) {
  const f32x16 nothing = broadcast(kMinusInfinity);
  for (int64_t r = 0; r < rows; ++r) {
    f32x16 best = nothing;
    for (int64_t j = 0; j < keys; j += 16) {
      f32x16 score = load(s[r] + j) * scale;
      if constexpr (masked) {
        const int64_t seen = seen_by_first + r - j;
        score = select(first(seen < 0 ? 0 : at_most(seen, 16)), score, nothing);
      }
      store(s[r] + j, score);
      best = max(best, score);
    }
    top[r] = max_of(best);
  }
}

// Up to kTileRows rows over the tile. Lanes of the small vectors below are rows.
void tile_rows(const AttentionTile& t, int64_t row, int64_t rows) {
  alignas(64) float s[kTileRows][kKeys];
  alignas(64) float top[16] = {}, total[16] = {}, factor[16];
  const int64_t keys = at_most(t.visible + row + rows - 1, kKeys);  // that the last row sees
  TileOperands score_tile = {.a = t.q + row * t.q_row,
                             .a_row = t.q_row,
                             .a_k = 1,
                             .b = t.keys,
                             .b_panel = kPanel,
                             .b_k = kKeys,
                             .c = s[0],
                             .c_row = kKeys,
                             .depth = t.depth,
                             .resume = false};
  multiply_tiles(score_tile, rows, (keys + kPanel - 1) / kPanel * kPanel, true);
  if (t.visible + row >= kKeys)
    scale_scores<false>(s, rows, keys, kKeys, broadcast(t.scale), top);
  else
    scale_scores<true>(s, rows, keys, t.visible + row, broadcast(t.scale), top);

  const mask16 lanes = first(rows);
  f32x16 maximum = load(top);
  if (!t.first) {
    const f32x16 before = load(t.max + row, lanes);
    maximum = max(before, maximum);
    store(factor, exp_weight(before - maximum));
  }
  store(top, maximum);
  for (int64_t r = 0; r < rows; ++r) {
    const f32x16 shift = broadcast(top[r]);
    f32x16 partial = zero();
    for (int64_t j = 0; j < keys; j += 16) {
      const f32x16 p = exp_weight(load(s[r] + j) - shift);  // of −∞: exactly 0
      store(s[r] + j, p);
      partial = partial + p;
    }
    total[r] = sum(partial);
  }
  f32x16 sums = load(total);
  if (!t.first) {
    sums = fma(load(t.sum + row, lanes), load(factor), sums);
    for (int64_t r = 0; r < rows; ++r) {
      float* y = t.y + (row + r) * t.y_row;
      const f32x16 f = broadcast(factor[r]);
      for_vectors(t.width, [&](int64_t i, auto get, auto put) { put(y + i, get(y + i) * f); });
    }
  }
  store(t.max + row, maximum, lanes);
  store(t.sum + row, sums, lanes);

  // The chain of a row goes on over the keys that the group's last row sees. Beyond its own they weigh exactly 0.
  TileOperands value_tile = {.a = s[0],
                             .a_row = kKeys,
                             .a_k = 1,
                             .b = t.values,
                             .b_panel = kPanel,
                             .b_k = t.values_row,
                             .c = t.y + row * t.y_row,
                             .c_row = t.y_row,
                             .depth = keys,
                             .resume = !t.first};
  multiply_tiles(value_tile, rows, t.width, false);
}

void tile_of_keys(const AttentionTile& t) {
  for (int64_t row = 0; row < t.rows; row += kTileRows) tile_rows(t, row, at_most(kTileRows, t.rows - row));
}

// NOTE: + 0 turns −0 into 0. A weight of 0 added to −0 may or may not have done so already, depending on which rows
// were computed together, and a row's bits must not depend on that.
void finish(const AttentionFinish& f) {
  for (int64_t r = 0; r < f.rows; ++r) {
    const f32x16 share = broadcast(1.0F / f.sum[r]);
    float* y = f.y + r * f.y_row;
    for_vectors(f.width, [&](int64_t i, auto get, auto put) { put(y + i, get(y + i) * share + zero()); });
  }
  if (f.lse == nullptr) return;
  for (int64_t r = 0; r < f.rows; r += 16) {
    const int64_t rows = at_most(16, f.rows - r);
    alignas(64) float lse[16];
    store(lse, load(f.max + r, first(rows)) + log(load(f.sum + r, first(rows))));
    for (int64_t i = 0; i < rows; ++i) f.lse[(r + i) * f.lse_row] = lse[i];
  }
}

// p and ds of up to kTileRows rows: p = exp(s − lse), ds = p · (dy·v − delta) · scale for the keys that a row sees, 0
// for the others up to a whole vector beyond `keys`, the last row's.
void backward_weights(const AttentionBackwardTile& t, int64_t row, int64_t rows, int64_t keys) {
  const int64_t columns = (keys + kPanel - 1) / kPanel * kPanel;
  float* p = t.p + row * kKeys;
  float* ds = t.ds + row * kKeys;
  TileOperands score = {.a = t.q + row * t.q_row,
                        .a_row = t.q_row,
                        .a_k = 1,
                        .b = t.keys,
                        .b_panel = kPanel,
                        .b_k = kKeys,
                        .c = p,
                        .c_row = kKeys,
                        .depth = t.depth,
                        .resume = false};
  multiply_tiles(score, rows, columns, true);
  TileOperands dp = {.a = t.dy + row * t.dy_row,
                     .a_row = t.dy_row,
                     .a_k = 1,
                     .b = t.values,
                     .b_panel = kPanel,
                     .b_k = kKeys,
                     .c = ds,
                     .c_row = kKeys,
                     .depth = t.width,
                     .resume = false};
  multiply_tiles(dp, rows, columns, true);
  const f32x16 scale = broadcast(t.scale);
  for (int64_t r = 0; r < rows; ++r) {
    const f32x16 lse = broadcast(t.lse[(row + r) * t.lse_row]), delta = broadcast(t.delta[row + r]);
    const int64_t seen = at_most(t.visible + row + r, t.key_rows);
    for (int64_t j = 0; j < columns; j += 16) {
      f32x16 weight = exp_weight(load(p + r * kKeys + j) * scale - lse);
      if (seen < j + 16) weight = select(first(seen > j ? seen - j : 0), weight, zero());
      store(p + r * kKeys + j, weight);
      store(ds + r * kKeys + j, weight * (load(ds + r * kKeys + j) - delta) * scale);
    }
    if (columns < kKeys) {  // a group of keys below may reach this far
      store(p + r * kKeys + columns, zero());
      store(ds + r * kKeys + columns, zero());
    }
  }
}

// The gradient of up to kTileRows rows of one operand, to [rows, columns] += weightsᵀ · from, the chain over the query
// rows from `from_row` on: dk = dsᵀ·q, dv = pᵀ·dy.
void backward_keys(const float* weights, const float* from, int64_t from_stride, float* to, int64_t to_stride,
                   int64_t keys, int64_t columns, int64_t rows, bool resume) {
  TileOperands sum = {.a = weights,
                      .a_row = 1,
                      .a_k = kKeys,
                      .b = from,
                      .b_panel = kPanel,
                      .b_k = from_stride,
                      .c = to,
                      .c_row = to_stride,
                      .depth = rows,
                      .resume = resume};
  multiply_tiles(sum, keys, columns, false);
}

void backward_tile(const AttentionBackwardTile& t) {
  for (int64_t row = 0; row < t.rows; row += kTileRows) {
    const int64_t rows = at_most(kTileRows, t.rows - row);
    const int64_t keys = at_most(t.visible + row + rows - 1, t.key_rows);
    backward_weights(t, row, rows, keys);
    TileOperands dq = {.a = t.ds + row * kKeys,
                       .a_row = kKeys,
                       .a_k = 1,
                       .b = t.k,
                       .b_panel = kPanel,
                       .b_k = t.k_row,
                       .c = t.dq + row * t.dq_row,
                       .c_row = t.dq_row,
                       .depth = keys,
                       .resume = !t.first_keys};
    multiply_tiles(dq, rows, t.depth, false);
  }
  // Keys in groups: the rows before the first that sees a group's first key are left out; those of the rows that do not
  // see a key weigh it exactly 0.
  for (int64_t key = 0; key < t.key_rows; key += kTileRows) {
    const int64_t keys = at_most(kTileRows, t.key_rows - key);
    const int64_t row = key < t.visible ? 0 : at_most(key - t.visible + 1, t.rows);
    backward_keys(t.ds + row * kKeys + key, t.q + row * t.q_row, t.q_row, t.dk + key * t.dk_row, t.dk_row, keys,
                  t.depth, t.rows - row, !t.first_rows);
    backward_keys(t.p + row * kKeys + key, t.dy + row * t.dy_row, t.dy_row, t.dv + key * t.dv_row, t.dv_row, keys,
                  t.width, t.rows - row, !t.first_rows);
  }
}

void transpose(const float* from, int64_t row, int64_t rows, int64_t depth, float* to) {
  for (int64_t r = 0; r < kKeys; r += 16) {
    const int64_t exist = rows > r ? at_most(rows - r, 16) : 0;
    for (int64_t j = 0; j < depth; j += 16)
      transpose_16(from + r * row + j, row, exist, at_most(depth - j, 16), to + j * kKeys + r, kKeys);
  }
}

void row_dots(const float* a, int64_t a_row, const float* b, int64_t b_row, int64_t rows, int64_t width, float* delta) {
  for (int64_t r = 0; r < rows; ++r) {
    f32x16 partial = zero();
    for (int64_t i = 0; i < width; i += 16) {
      const mask16 m = first(at_most(width - i, 16));
      partial = fma(load(a + r * a_row + i, m), load(b + r * b_row + i, m), partial);
    }
    delta[r] = sum(partial);
  }
}

}  // namespace

extern const AttentionKernels attention;
const AttentionKernels attention = {.tile = tile_of_keys,
                                    .finish = finish,
                                    .backward_tile = backward_tile,
                                    .transpose = transpose,
                                    .row_dots = row_dots};

}  // namespace millet::ops::cpu::MILLET_ISA
