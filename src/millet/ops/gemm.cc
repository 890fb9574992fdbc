#include "millet/ops/gemm.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

void gemm_nt(Context& ctx, ConstTensor x, const Weight& w, Tensor y, GemmOptions options) {
  expect_rank("gemm_nt", "x", x, 2);
  expect_rank("gemm_nt", "w", w.value, 2);
  expect_float("gemm_nt", "x", x);
  expect_shape("gemm_nt", "w", w.value, {w.value.size(0), x.size(1)});
  expect_dtype("gemm_nt", "w", w.value, x.dtype());
  expect_shape("gemm_nt", "y", y, {x.size(0), w.value.size(0)});
  expect_dtype("gemm_nt", "y", y, x.dtype());
  available(ctx, backend(ctx).gemm_nt, "gemm_nt")(ctx, x, w, y, options);
}

int64_t gemm_packed_bytes(Context& ctx, ConstTensor w) {
  require(w.rank() == 2 || w.rank() == 3, "gemm_packed_bytes: w is {}; expected [N, K] or [E, N, K]", to_string(w));
  return available(ctx, backend(ctx).gemm_packed_bytes, "gemm_packed_bytes")(ctx, w);
}

void gemm_pack(Context& ctx, ConstTensor w, Tensor packed) {
  expect_float("gemm_pack", "w", w);
  expect_dtype("gemm_pack", "packed", packed, DType::u8);
  expect_shape("gemm_pack", "packed", packed, {gemm_packed_bytes(ctx, w)});
  available(ctx, backend(ctx).gemm_pack, "gemm_pack")(ctx, w, packed);
}

}  // namespace millet::ops
