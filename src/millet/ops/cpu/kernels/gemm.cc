// Matrix products. Bound per tile of 6 × 16 and step of k: 12 FMAs of 8 lanes against 8 loads; two FMA and two load
// units make it FMA-bound while the panel stays in the first-level cache.
#include "millet/ops/cpu/kernels/gemm.h"

#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

// Steps of k between a store and a reload of the accumulators (exact in f32): a panel's 16 · 256 floats are half of the
// first-level cache.
constexpr int64_t kDepthBlock = 256;

// One tile: kRows rows × kPanels panels, all in registers.
template <int kRows, int kPanels>
void tile(const float* a, int64_t a_row, int64_t a_k, const float* b, int64_t b_panel, int64_t b_k, float* c,
          int64_t c_row, int64_t depth, bool resume, mask16 last, bool full, bool masked_b) {
  f32x16 sum[kRows][kPanels];
  for (int r = 0; r < kRows; ++r) {
    for (int p = 0; p < kPanels; ++p) {
      if (!resume)
        sum[r][p] = zero();
      else
        sum[r][p] = p + 1 < kPanels || full ? load(c + r * c_row + p * kPanel) : load(c + r * c_row + p * kPanel, last);
    }
  }
  for (int64_t k = 0; k < depth; ++k) {
    f32x16 right[kPanels];
    for (int p = 0; p < kPanels; ++p)
      right[p] = p + 1 < kPanels || !masked_b ? load(b + p * b_panel) : load(b + p * b_panel, last);
    for (int r = 0; r < kRows; ++r) {
      const f32x16 left = broadcast(a[r * a_row]);
      for (int p = 0; p < kPanels; ++p) sum[r][p] = fma(left, right[p], sum[r][p]);
    }
    a += a_k;
    b += b_k;
  }
  for (int r = 0; r < kRows; ++r) {
    for (int p = 0; p < kPanels; ++p) {
      if (p + 1 < kPanels || full)
        store(c + r * c_row + p * kPanel, sum[r][p]);
      else
        store(c + r * c_row + p * kPanel, sum[r][p], last);
    }
  }
}

void block(const GemmBlock& g) {
  for (int64_t k = 0; k < g.depth || k == 0; k += kDepthBlock) {
    const int64_t depth = g.depth - k < kDepthBlock ? g.depth - k : kDepthBlock;
    for (int64_t n = 0; n < g.columns; n += kPanel) {
      const int64_t lanes = g.columns - n < kPanel ? g.columns - n : kPanel;
      const float* b = g.b + n / kPanel * g.b_panel + k * g.b_k;
      const bool full = lanes == kPanel;
      int64_t m = 0;
      for (; m + 6 <= g.rows; m += 6)
        tile<6, 1>(g.a + m * g.a_row + k * g.a_k, g.a_row, g.a_k, b, g.b_panel, g.b_k, g.c + m * g.c_row + n, g.c_row,
                   depth, g.accumulate || k > 0, first(lanes), full, !full && !g.b_padded);
      for (; m < g.rows; ++m)
        tile<1, 1>(g.a + m * g.a_row + k * g.a_k, g.a_row, g.a_k, b, g.b_panel, g.b_k, g.c + m * g.c_row + n, g.c_row,
                   depth, g.accumulate || k > 0, first(lanes), full, !full && !g.b_padded);
    }
  }
}

void pack_transposed(const float* w, int64_t stride, int64_t columns, int64_t depth, float* panel) {
  for (int64_t k = 0; k < depth; k += 16)
    transpose_16(w + k, stride, columns, depth - k < 16 ? depth - k : 16, panel + k * kPanel, kPanel);
}

void pack(const float* b, int64_t stride, int64_t columns, int64_t depth, float* panel) {
  const mask16 wanted = first(columns);
  for (int64_t k = 0; k < depth; ++k)
    store(panel + k * kPanel, columns == kPanel ? load(b + k * stride) : load(b + k * stride, wanted));
}

}  // namespace

extern const GemmKernels gemm;
const GemmKernels gemm = {.block = block, .pack_transposed = pack_transposed, .pack = pack};

}  // namespace millet::ops::cpu::MILLET_ISA
