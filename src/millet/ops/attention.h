// Causal attention over segments of rows. The specification is ops/reference/attention.cc.
#pragma once

#include <span>

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// One sequence's (or packed window's) rows in a batch; `cached_rows` of the sequence before them are in its pages.
struct Segment {
  int64_t first_row = 0;
  int64_t rows = 0;
  int64_t cached_rows = 0;
};

// Keys are visited in tiles of this many positions, counted from the sequence's first token. A cache page is one tile.
inline constexpr int64_t kAttentionTile = 64;

struct AttentionOptions {
  double scale = 1;  // of the scores, before softmax
};

// y[t, h] = Σ_j softmax_j(scale · q[t, h] · k[j, g]) v[j, g] over the j ≤ t of t's segment, where g = h·G/N: groups of
// N/G neighbouring heads share keys and values (Ainslie et al. 2023); G = N is multi-head attention.
//   q [T, N, D]    k [T, G, D]    v [T, G, Dv]    y [T, N, Dv]    lse [T, N]: log Σ exp of the scaled scores; empty if
//   no backward follows
// Online softmax over key tiles, left to right (Dao et al. 2023): a score is one FMA chain over D; the tile's maximum
// and sum are row sums of the numeric contract; the running output is rescaled, then continued by one FMA chain over
// the tile's keys. Segments here have cached_rows = 0. Row t's bits depend on its own segment's rows ≤ t alone.
void attention(Context&, ConstTensor q, ConstTensor k, ConstTensor v, std::span<const Segment> segments, Tensor y,
               Tensor lse, AttentionOptions = {});

// Gradients of the above; y and lse are its outputs. dq, dk, dv are written, not added to. A chain of dk or dv runs
// over its heads in order, each over its rows.
void attention_backward(Context&, ConstTensor dy, ConstTensor q, ConstTensor k, ConstTensor v, ConstTensor y,
                        ConstTensor lse, std::span<const Segment> segments, Tensor dq, Tensor dk, Tensor dv,
                        AttentionOptions = {});

// Pages of keys and values of one layer. Zero-filled before first use: rows not yet written must be finite.
//   keys   [n_pages, G, D, 64]   positions innermost, as scores want them
//   values [n_pages, G, 64, Dv]
struct PagedKeysValues {
  Tensor keys;
  Tensor values;
};

// Writes rows k [T, G, D], v [T, G, Dv] of each segment at positions cached_rows … cached_rows + rows − 1 of its
// sequence. pages [B, P] i32: the page of each 64 positions of each segment's sequence, −1 beyond.
void cache_write(Context&, ConstTensor k, ConstTensor v, ConstTensor pages, std::span<const Segment> segments,
                 const PagedKeysValues& cache);

// Attention of the new rows over everything their sequences hold, themselves included (cache_write comes first). The
// same tile function as `attention`: the same bits for the same rows.
void attention_paged(Context&, ConstTensor q, const PagedKeysValues& cache, ConstTensor pages,
                     std::span<const Segment> segments, Tensor y, AttentionOptions = {});

// Copies page `from` over page `to`: a shared, partly filled page before it is written.
void cache_copy_page(Context&, const PagedKeysValues& cache, int64_t from, int64_t to);

}  // namespace millet::ops
