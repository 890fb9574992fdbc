// The one inner loop of all products, in GEMM and in attention: tiles of outputs held in registers, each output one FMA
// chain over the depth. Bound per tile of 6 × 16 and step of depth (AVX2): 12 FMAs of 8 lanes against 8 loads; with two
// FMA and two load units it is FMA-bound while the panel stays in the first-level cache. With one row it is bound by
// reading b.
#pragma once

#include "millet/ops/cpu/kernels/gemm.h"
#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

// Steps of k between a store and a reload of the accumulators (exact in f32): a panel of them takes half of the
// first-level cache.
constexpr int64_t kDepthBlock = 256;

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

// Order of the loops: a group of panels is read once from far away; each of its panels stays in the first-level cache
// while all tiles of rows pass, then the rows that fill no tile take the group side by side.
inline void multiply(const GemmBlock& g) {
  const int64_t panels = (g.columns + kPanel - 1) / kPanel;
  const int64_t edge_rows = g.rows % kTileRows;
  const int64_t group = kEdgePanels[edge_rows];
  const int64_t depth_blocks = g.depth <= kDepthBlock ? 1 : (g.depth + kDepthBlock - 1) / kDepthBlock;
  for (int64_t d = 0; d < depth_blocks; ++d) {
    const int64_t k = g.depth * d / depth_blocks;
    const auto run = [&](int64_t m, int64_t rows, int64_t p, int64_t count) {
      const int64_t last_lanes = p + count == panels ? g.columns - (panels - 1) * kPanel : kPanel;
      kTiles.of[rows][count]({.a = g.a + m * g.a_row + k * g.a_k,
                              .a_row = g.a_row,
                              .a_k = g.a_k,
                              .b = g.b + p * g.b_panel + k * g.b_k,
                              .b_panel = g.b_panel,
                              .b_k = g.b_k,
                              .c = g.c + m * g.c_row + p * kPanel,
                              .c_row = g.c_row,
                              .depth = g.depth * (d + 1) / depth_blocks - k,
                              .last_lanes = last_lanes,
                              .b_masked = last_lanes < kPanel && !g.b_padded,
                              .resume = g.accumulate || d > 0});
    };
    for (int64_t first = 0; first < panels; first += group) {
      const int64_t end = first + group < panels ? first + group : panels;
      for (int64_t p = first; p < end; p += kTilePanels) {
        const int64_t count = end - p < kTilePanels ? end - p : kTilePanels;
        for (int64_t m = 0; m + kTileRows <= g.rows; m += kTileRows) run(m, kTileRows, p, count);
      }
      if (edge_rows > 0) run(g.rows - edge_rows, edge_rows, first, end - first);
    }
  }
}

}  // namespace

}  // namespace millet::ops::cpu::MILLET_ISA
