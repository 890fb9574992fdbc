// Attention. Bound: per row and key 2·(depth + width) operations and one exponential of some 20; keys and values of a
// tile stay in the first-level cache while the rows pass, so it is FMA-bound but for decoding, which reads each tile
// once for one row.
#include "millet/ops/cpu/kernels/attention.h"

#include "millet/ops/cpu/kernels/gemm_block.h"
#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

constexpr float kMinusInfinity = -__builtin_inff();

inline int64_t at_most(int64_t a, int64_t b) {
  return a < b ? a : b;
}

// Scores of up to kTileRows rows, scaled: s[r][j], the lanes of whole vectors; those that row r does not see are −∞.
// Returns in top[r] the row's largest.
inline void scores(const AttentionTile& t, int64_t row, int64_t rows, float (*s)[kKeys], float* top) {
  const int64_t keys = at_most(t.visible + row + rows - 1, kKeys);
  multiply({.a = t.q + row * t.q_row,
            .a_row = t.q_row,
            .a_k = 1,
            .b = t.keys,
            .b_panel = kPanel,
            .b_k = kKeys,
            .b_padded = true,
            .c = s[0],
            .c_row = kKeys,
            .rows = rows,
            .columns = (keys + kPanel - 1) / kPanel * kPanel,
            .depth = t.depth,
            .accumulate = false});
  const f32x16 scale = broadcast(t.scale), nothing = broadcast(kMinusInfinity);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t seen = at_most(t.visible + row + r, kKeys);
    f32x16 best = nothing;
    for (int64_t j = 0; j < keys; j += 16) {
      f32x16 score = load(s[r] + j) * scale;
      if (seen < j + 16) score = select(first(seen > j ? seen - j : 0), score, nothing);
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
  scores(t, row, rows, s, top);
  const mask16 lanes = first(rows);
  f32x16 maximum = load(top);
  if (!t.first) {
    const f32x16 before = load(t.max + row, lanes);
    maximum = max(before, maximum);
    store(factor, exp(before - maximum));
  }
  store(top, maximum);

  const int64_t keys = at_most(t.visible + row + rows - 1, kKeys);
  for (int64_t r = 0; r < rows; ++r) {
    const f32x16 shift = broadcast(top[r]);
    f32x16 partial = zero();
    for (int64_t j = 0; j < keys; j += 16) {
      const f32x16 p = exp(load(s[r] + j) - shift);  // of −∞: exactly 0
      store(s[r] + j, p);
      partial = partial + p;
    }
    total[r] = sum(partial);
  }
  f32x16 sums = load(total);
  if (!t.first) {
    sums = fma(load(t.sum + row, lanes), load(factor), sums);
    for (int64_t r = 0; r < rows; ++r) {
      if (factor[r] == 1) continue;  // the maximum stayed: multiplying would change no bit
      float* y = t.y + (row + r) * t.y_row;
      for (int64_t i = 0; i < t.width; i += 16) {
        const mask16 m = first(at_most(t.width - i, 16));
        store(y + i, load(y + i, m) * broadcast(factor[r]), m);
      }
    }
  }
  store(t.max + row, maximum, lanes);
  store(t.sum + row, sums, lanes);

  // The chain of a row goes on over the keys that the group's last row sees. Beyond its own they weigh exactly 0.
  multiply({.a = s[0],
            .a_row = kKeys,
            .a_k = 1,
            .b = t.values,
            .b_panel = kPanel,
            .b_k = t.values_row,
            .b_padded = false,
            .c = t.y + row * t.y_row,
            .c_row = t.y_row,
            .rows = rows,
            .columns = t.width,
            .depth = keys,
            .accumulate = !t.first});
}

void tile_of_keys(const AttentionTile& t) {
  for (int64_t row = 0; row < t.rows; row += kTileRows) tile_rows(t, row, at_most(kTileRows, t.rows - row));
}

// NOTE: + 0 turns −0 into 0. A weight of 0 added to −0 may or may not have done so already, depending on which rows
// were computed together, and a row's bits must not depend on that.
void finish(const AttentionFinish& f) {
  for (int64_t r = 0; r < f.rows; ++r) {
    const f32x16 total = broadcast(f.sum[r]);
    float* y = f.y + r * f.y_row;
    for (int64_t i = 0; i < f.width; i += 16) {
      const mask16 m = first(at_most(f.width - i, 16));
      store(y + i, load(y + i, m) / total + zero(), m);
    }
  }
  if (f.lse == nullptr) return;
  for (int64_t r = 0; r < f.rows; r += 16) {
    const int64_t rows = at_most(16, f.rows - r);
    alignas(64) float lse[16];
    store(lse, load(f.max + r, first(rows)) + log(load(f.sum + r, first(rows))));
    for (int64_t i = 0; i < rows; ++i) f.lse[(r + i) * f.lse_row] = lse[i];
  }
}

// For rows t and keys j that t sees, s = scale · q·k:
//   p = exp(s − lse)    dp = dy·v    ds = p · (dp − delta) · scale    dq += ds·k    dk += dsᵀ·q    dv += pᵀ·dy
void backward_tile(const AttentionBackwardTile& t) {
  const f32x16 scale = broadcast(t.scale);
  for (int64_t row = 0; row < t.rows; row += kTileRows) {
    const int64_t rows = at_most(kTileRows, t.rows - row);
    const int64_t keys = at_most(t.visible + row + rows - 1, t.key_rows);
    const int64_t columns = (keys + kPanel - 1) / kPanel * kPanel;
    float* p = t.p + row * kKeys;
    float* ds = t.ds + row * kKeys;
    multiply({.a = t.q + row * t.q_row,
              .a_row = t.q_row,
              .a_k = 1,
              .b = t.keys,
              .b_panel = kPanel,
              .b_k = kKeys,
              .b_padded = true,
              .c = p,
              .c_row = kKeys,
              .rows = rows,
              .columns = columns,
              .depth = t.depth,
              .accumulate = false});
    multiply({.a = t.dy + row * t.dy_row,
              .a_row = t.dy_row,
              .a_k = 1,
              .b = t.values,
              .b_panel = kPanel,
              .b_k = kKeys,
              .b_padded = true,
              .c = ds,
              .c_row = kKeys,
              .rows = rows,
              .columns = columns,
              .depth = t.width,
              .accumulate = false});
    for (int64_t r = 0; r < rows; ++r) {
      const f32x16 lse = broadcast(t.lse[(row + r) * t.lse_row]), delta = broadcast(t.delta[row + r]);
      const int64_t seen = at_most(t.visible + row + r, t.key_rows);
      for (int64_t j = 0; j < columns; j += 16) {
        f32x16 weight = exp(load(p + r * kKeys + j) * scale - lse);
        if (seen < j + 16) weight = select(first(seen > j ? seen - j : 0), weight, zero());
        store(p + r * kKeys + j, weight);
        store(ds + r * kKeys + j, weight * (load(ds + r * kKeys + j) - delta) * scale);
      }
      if (columns < kKeys) {  // a group of keys below may reach this far
        store(p + r * kKeys + columns, zero());
        store(ds + r * kKeys + columns, zero());
      }
    }
    multiply({.a = ds,
              .a_row = kKeys,
              .a_k = 1,
              .b = t.k,
              .b_panel = kPanel,
              .b_k = t.k_row,
              .b_padded = false,
              .c = t.dq + row * t.dq_row,
              .c_row = t.dq_row,
              .rows = rows,
              .columns = t.depth,
              .depth = keys,
              .accumulate = !t.first_keys});
  }
  // Keys in groups: the rows before the first that sees a group's first key are left out; those of the rows that do not
  // see a key weigh it exactly 0.
  for (int64_t key = 0; key < t.key_rows; key += kTileRows) {
    const int64_t keys = at_most(kTileRows, t.key_rows - key);
    const int64_t from = key < t.visible ? 0 : at_most(key - t.visible + 1, t.rows);
    multiply({.a = t.ds + from * kKeys + key,
              .a_row = 1,
              .a_k = kKeys,
              .b = t.q + from * t.q_row,
              .b_panel = kPanel,
              .b_k = t.q_row,
              .b_padded = false,
              .c = t.dk + key * t.dk_row,
              .c_row = t.dk_row,
              .rows = keys,
              .columns = t.depth,
              .depth = t.rows - from,
              .accumulate = !t.first_rows});
    multiply({.a = t.p + from * kKeys + key,
              .a_row = 1,
              .a_k = kKeys,
              .b = t.dy + from * t.dy_row,
              .b_panel = kPanel,
              .b_k = t.dy_row,
              .b_padded = false,
              .c = t.dv + key * t.dv_row,
              .c_row = t.dv_row,
              .rows = keys,
              .columns = t.width,
              .depth = t.rows - from,
              .accumulate = !t.first_rows});
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
