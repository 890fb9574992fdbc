// The one inner loop of all products, in GEMM and in attention: tiles of outputs held in registers, each output one FMA
// chain over the depth. Bound per tile of 6 × 16 and step of depth (AVX2): 12 FMAs of 8 lanes against 8 loads; with two
// FMA and two load units it is FMA-bound while the panel stays in the first-level cache: 95 % of what FMAs on registers
// alone reach, on Zen 2. With one row it is bound by reading b.
//
// Tried (Zen 2, one core):
//   steps of depth unrolled by 4 or 8, x1.00;  tiles of 4 × 24 and 3 × 32, x1.00
//   without asking for c's lines first, x0.78 at 4096 × 1024 × 256
//   b in plain rows instead of panels, x0.62 at 4096 × 1024 × 256, x1.0 where all fits the caches
//   a read across its rows (gemm_tn): copied always, x0.92 at 128 × 128 × 1057; never, x0.65 at 1024 × 256 × 4096 and
//   x0.75 at 512 × 128 × 1057
#pragma once

#include "millet/ops/cpu/kernels/gemm.h"
#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

// Steps of k between a store and a reload of the accumulators (exact in f32): a panel of them takes half of the
// first-level cache.
constexpr int64_t kDepthBlock = 288;
// Rows whose left-hand side is copied at once; whole tiles of every level.
constexpr int64_t kRowBlock = 144;

// Registers decide the tile: kTileRows × kTilePanels accumulators, one panel row and one broadcast must fit.
// kEdgePanels[r]: panels beside each other for a tile of r < kTileRows rows, so that there are enough independent
// chains to hide the latency of an FMA.
#if MILLET_ISA_LEVEL == 4
constexpr int kTileRows = 6, kTilePanels = 4, kEdgePanels[] = {4, 8, 4, 4, 4, 4};
#elif MILLET_ISA_LEVEL == 3
constexpr int kTileRows = 6, kTilePanels = 1, kEdgePanels[] = {1, 6, 3, 2, 1, 1};
#else
constexpr int kTileRows = 2, kTilePanels = 1, kEdgePanels[] = {1, 2};
#endif
constexpr int kMaxPanels = 8;

struct TileOperands {
  const float* a;
  int64_t a_row, a_k;
  const float* b;
  int64_t b_panel, b_k;
  float* c;
  int64_t c_row;
  int64_t depth;
  int64_t last_lanes;  // of the last panel
  bool b_masked;       // its other lanes may not be read
  bool resume;         // go on from c
};

// kRows rows × kPanels panels, all accumulators in registers.
template <int kRows, int kPanels>
void tile(const TileOperands& t) {
  // The lines to be written are asked for now: stores that miss the caches one after another would hold up the next
  // tile.
  for (int r = 0; r < kRows; ++r) {
    for (int p = 0; p < kPanels; ++p) __builtin_prefetch(t.c + r * t.c_row + p * kPanel, 1);
  }
  const bool whole = t.last_lanes == kPanel;
  const mask16 last = first(t.last_lanes);
  f32x16 sum[kRows][kPanels];
  for (int r = 0; r < kRows; ++r) {
    for (int p = 0; p < kPanels; ++p) {
      const float* c = t.c + r * t.c_row + p * kPanel;
      sum[r][p] = !t.resume ? zero() : whole || p + 1 < kPanels ? load(c) : load(c, last);
    }
  }
  const float* a = t.a;
  const float* b = t.b;
  const auto step = [&](auto load_last) {
    f32x16 right[kPanels];
    for (int p = 0; p + 1 < kPanels; ++p) right[p] = load(b + p * t.b_panel);
    right[kPanels - 1] = load_last(b + (kPanels - 1) * t.b_panel);
    for (int r = 0; r < kRows; ++r) {
      const f32x16 left = broadcast(a[r * t.a_row]);
      for (int p = 0; p < kPanels; ++p) sum[r][p] = fma(left, right[p], sum[r][p]);
    }
    a += t.a_k;
    b += t.b_k;
  };
  if (t.b_masked) {
    for (int64_t k = 0; k < t.depth; ++k) step([&](const float* p) { return load(p, last); });
  } else {
    for (int64_t k = 0; k < t.depth; ++k) step([](const float* p) { return load(p); });
  }
  for (int r = 0; r < kRows; ++r) {
    for (int p = 0; p < kPanels; ++p) {
      float* c = t.c + r * t.c_row + p * kPanel;
      if (whole || p + 1 < kPanels)
        store(c, sum[r][p]);
      else
        store(c, sum[r][p], last);
    }
  }
}

using Tile = void (*)(const TileOperands&);

struct TileTable {
  Tile of[kTileRows + 1][kMaxPanels + 1] = {};
};

// All tiles that `multiply` can ask for: up to kTilePanels panels of whole tiles, up to kEdgePanels of the others.
template <int kRows, int kPanels>
constexpr void fill(TileTable& table) {
  table.of[kRows][kPanels] = tile<kRows, kPanels>;
  if constexpr (kPanels > 1)
    fill<kRows, kPanels - 1>(table);
  else if constexpr (kRows > 1)
    fill<kRows - 1, kEdgePanels[kRows - 1]>(table);
}
constexpr TileTable make_tiles() {
  TileTable table;
  fill<kTileRows, kTilePanels>(table);
  return table;
}
constexpr TileTable kTiles = make_tiles();

// Operands whose rows lie apart are copied where enough tiles use them: their lines would fall into few sets of the
// caches, and of each line a tile would want but a part.
// A left-hand side that is read across its rows (a_row = 1), if these are so many floats apart and so many panels use
// it.
constexpr int64_t kCopyLeftDistance = 512, kCopyLeftPanels = 4;
// A right-hand side in plain rows, if so many rows use it.
constexpr int64_t kCopyRightRows = 24;
// Floats from one step of depth to the next in a copied left-hand side.
constexpr int64_t kCopyStep = 8;
static_assert(kCopyStep >= kTileRows);
// Steps of depth that are asked for ahead: no prefetcher follows strides of pages.
constexpr int64_t kAhead = 8;

struct Copies {
  alignas(64) float left[kRowBlock / kTileRows * kDepthBlock * kCopyStep];  // [tile][depth][kCopyStep]
  alignas(64) float right[kMaxPanels * kDepthBlock * kPanel];               // [panel][depth][kPanel]
};

// Some steps of depth at a time: their lines stay in the first-level cache while all tiles take their parts.
inline void copy_left(const float* a, int64_t a_k, int64_t rows, int64_t depth, float* to) {
  constexpr int64_t kSteps = 8;
  for (int64_t first_k = 0; first_k < depth; first_k += kSteps) {
    const int64_t steps = depth - first_k < kSteps ? depth - first_k : kSteps;
    const float* from = a + first_k * a_k;
    for (int64_t k = 0; k < steps && first_k + k + kAhead < depth; ++k) {
      for (int64_t m = 0; m < rows; m += 16) __builtin_prefetch(from + (k + kAhead) * a_k + m);
    }
    float* slot = to + first_k * kCopyStep;
    for (int64_t m = 0; m < rows; m += kTileRows, slot += depth * kCopyStep) {
      if (m + kCopyStep <= rows) {
        for (int64_t k = 0; k < steps; ++k) copy_8(from + k * a_k + m, slot + k * kCopyStep);
      } else {
        const mask16 wanted = first(rows - m);
        for (int64_t k = 0; k < steps; ++k) {
          alignas(64) float edge[16];
          store(edge, load(from + k * a_k + m, wanted));
          copy_8(edge, slot + k * kCopyStep);
        }
      }
    }
  }
}

inline void copy_right(const float* b, int64_t b_k, int64_t lanes, int64_t depth, float* to) {
  if (lanes == kPanel) {
    for (int64_t k = 0; k < depth; ++k) store(to + k * kPanel, load(b + k * b_k));
  } else {
    const mask16 wanted = first(lanes);
    for (int64_t k = 0; k < depth; ++k) store(to + k * kPanel, load(b + k * b_k, wanted));
  }
}

// One row of tiles, of at most kTileRows rows: t is its first tile, but for last_lanes and b_masked, and is moved on.
inline void multiply_tiles(TileOperands& t, int64_t rows, int64_t columns, bool b_padded) {
  const int64_t group = (rows < kTileRows ? kEdgePanels[rows] : kTilePanels) * kPanel;
  for (; columns > 0; columns -= group, t.b += group / kPanel * t.b_panel, t.c += group) {
    const int64_t wanted = columns < group ? columns : group;
    const int64_t panels = (wanted + kPanel - 1) / kPanel;
    t.last_lanes = wanted - (panels - 1) * kPanel;
    t.b_masked = t.last_lanes < kPanel && !b_padded;
    kTiles.of[rows][panels](t);
  }
}

// At most kRowBlock rows and kDepthBlock steps of depth where operands are copied. Order of the loops: a group of
// panels is read once from far away; each of its panels stays in the first-level cache while all tiles of rows pass,
// then the rows that fill no tile take the group side by side. a_tile: from one tile's left-hand side to the next
// one's.
inline void multiply_block(const GemmBlock& g, int64_t a_tile, bool copy_b, float* copy) {
  const int64_t panels = (g.columns + kPanel - 1) / kPanel;
  const int64_t edge_rows = g.rows % kTileRows;
  const int64_t group = kEdgePanels[edge_rows];
  const auto lanes_of = [&](int64_t p) { return p + 1 < panels ? kPanel : g.columns - p * kPanel; };
  for (int64_t first = 0; first < panels; first += group) {
    const int64_t end = first + group < panels ? first + group : panels;
    const float* b = g.b + first * g.b_panel;
    int64_t b_panel = g.b_panel, b_k = g.b_k;
    if (copy_b) {
      for (int64_t p = first; p < end; ++p)
        copy_right(g.b + p * g.b_panel, g.b_k, lanes_of(p), g.depth, copy + (p - first) * g.depth * kPanel);
      b = copy;
      b_panel = g.depth * kPanel;
      b_k = kPanel;
    }
    const auto run = [&](int64_t m, int64_t rows, int64_t p, int64_t count) {
      const int64_t last_lanes = lanes_of(p + count - 1);
      kTiles.of[rows][count]({.a = g.a + m / kTileRows * a_tile,
                              .a_row = g.a_row,
                              .a_k = g.a_k,
                              .b = b + (p - first) * b_panel,
                              .b_panel = b_panel,
                              .b_k = b_k,
                              .c = g.c + m * g.c_row + p * kPanel,
                              .c_row = g.c_row,
                              .depth = g.depth,
                              .last_lanes = last_lanes,
                              .b_masked = last_lanes < kPanel && !g.b_padded && !copy_b,
                              .resume = g.accumulate});
    };
    for (int64_t p = first; p < end; p += kTilePanels) {
      const int64_t count = end - p < kTilePanels ? end - p : kTilePanels;
      for (int64_t m = 0; m + kTileRows <= g.rows; m += kTileRows) run(m, kTileRows, p, count);
    }
    if (edge_rows > 0) run(g.rows - edge_rows, edge_rows, first, end - first);
  }
}

inline void multiply(const GemmBlock& g) {
  Copies copies;
  const bool copy_a = g.a_row == 1 && g.a_k >= kCopyLeftDistance && g.columns > (kCopyLeftPanels - 1) * kPanel;
  const bool copy_b = !g.b_padded && g.rows >= kCopyRightRows;
  const int64_t row_block = copy_a ? kRowBlock : g.rows;
  const int64_t depth_blocks = g.depth <= kDepthBlock ? 1 : (g.depth + kDepthBlock - 1) / kDepthBlock;
  for (int64_t m = 0; m < g.rows; m += row_block) {
    for (int64_t d = 0; d < depth_blocks; ++d) {
      const int64_t k = g.depth * d / depth_blocks;
      GemmBlock part = g;
      part.a += m * g.a_row + k * g.a_k;
      part.b += k * g.b_k;
      part.c += m * g.c_row;
      part.rows = g.rows - m < row_block ? g.rows - m : row_block;
      part.depth = g.depth * (d + 1) / depth_blocks - k;
      part.accumulate = g.accumulate || d > 0;
      int64_t a_tile = g.a_row * kTileRows;
      if (copy_a) {
        copy_left(part.a, part.a_k, part.rows, part.depth, copies.left);
        part.a = copies.left;
        part.a_k = kCopyStep;
        a_tile = part.depth * kCopyStep;
      }
      multiply_block(part, a_tile, copy_b, copies.right);
    }
  }
}

}  // namespace

}  // namespace millet::ops::cpu::MILLET_ISA
