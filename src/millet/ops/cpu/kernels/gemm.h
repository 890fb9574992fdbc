// Blocks of matrix products, and the layout of their right-hand sides.
#pragma once

#include <cstdint>

namespace millet::ops::cpu {

// Columns of a panel: a packed matrix [depth, columns] is [⌈columns / 16⌉][depth][16], zeros beyond the last column.
inline constexpr int64_t kPanel = 16;

// c[m, n] (+)= Σ_k a[m, k] · b[k, n], one FMA chain in order of k for each output.
struct GemmBlock {
  const float* a;  // element (m, k) at a[m · a_row + k · a_k]
  int64_t a_row, a_k;
  const float* b;  // element (k, 16·p + lane) at b[p · b_panel + k · b_k + lane]: packed panels or plain rows
  int64_t b_panel, b_k;
  bool b_padded;  // lanes beyond the last column may be read
  float* c;
  int64_t c_row;
  int64_t rows, columns, depth;
  bool accumulate;  // the chains go on from c's values
};

struct GemmKernels {
  void (*block)(const GemmBlock&);
  // panel [depth][16] of w's rows 0 … columns−1 ≤ 16: panel[k][n] = w[n · stride + k].
  void (*pack_transposed)(const float* w, int64_t stride, int64_t columns, int64_t depth, float* panel);
  // panel [depth][16] of b's columns 0 … columns−1 ≤ 16: panel[k][n] = b[k · stride + n].
  void (*pack)(const float* b, int64_t stride, int64_t columns, int64_t depth, float* panel);
};

}  // namespace millet::ops::cpu
