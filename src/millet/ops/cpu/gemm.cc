// Matrix products on the CPU: checks dtypes, lays out right-hand sides, splits into tasks. Arithmetic: kernels/gemm.cc.
#include <algorithm>

#include "millet/ops/cpu/device.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

static int64_t panels_of(int64_t columns) {
  return (columns + kPanel - 1) / kPanel;
}

int64_t gemm_packed_bytes(Context&, ConstTensor w) {
  const int64_t matrices = w.rank() == 3 ? w.size(0) : 1;
  return matrices * panels_of(w.size(-2)) * w.size(-1) * kPanel * bytes_of(DType::f32);
}

void gemm_pack(Context& ctx, ConstTensor w, Tensor packed) {
  const int64_t columns = w.size(-2), depth = w.size(-1), panels = panels_of(columns);
  const int64_t matrices = w.rank() == 3 ? w.size(0) : 1;
  const int64_t matrix_stride = w.rank() == 3 ? w.stride(0) : 0;
  const float* from = f32(w, "gemm_pack", "w");
  auto* to = static_cast<float*>(packed.data());
  const GemmKernels& k = *kernels(ctx).gemm;
  ctx.parallel_for(matrices * panels, [&](int64_t task, int) {
    const int64_t first = task % panels * kPanel;
    k.pack_transposed(from + task / panels * matrix_stride + first * w.stride(-2), w.stride(-2),
                      std::min(kPanel, columns - first), depth, to + task * depth * kPanel);
  });
}

void gemm_nt(Context& ctx, ConstTensor x, const Weight& w, Tensor y, GemmOptions options) {
  const int64_t rows = x.size(0), depth = x.size(1), columns = y.size(1);
  if (rows == 0 || columns == 0) return;
  const ArenaScope scope(ctx.workspace());
  ConstTensor packed = w.packed;
  if (packed.empty()) {
    const Tensor scratch = ctx.workspace().tensor(DType::u8, {gemm_packed_bytes(ctx, w.value)});
    gemm_pack(ctx, w.value, scratch);
    packed = scratch;
  }
  const float* a = f32(x, "gemm_nt", "x");
  const auto* b = static_cast<const float*>(packed.data());
  float* c = f32(y, "gemm_nt", "y");
  const GemmKernels& k = *kernels(ctx).gemm;
  constexpr int64_t kRows = 66;
  ctx.parallel_for((rows + kRows - 1) / kRows, [&](int64_t task, int) {
    const int64_t first = task * kRows;
    k.block({.a = a + first * x.stride(0),
             .a_row = x.stride(0),
             .a_k = 1,
             .b = b,
             .b_panel = depth * kPanel,
             .b_k = kPanel,
             .b_padded = true,
             .c = c + first * y.stride(0),
             .c_row = y.stride(0),
             .rows = std::min(kRows, rows - first),
             .columns = columns,
             .depth = depth,
             .accumulate = options.accumulate});
  });
}

}  // namespace millet::ops::cpu
