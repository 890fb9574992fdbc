// Matrix products. The specification is ops/reference/gemm.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// A weight as the products take it: the matrix, and optionally the copy of it that `gemm_pack` laid out for this
// device. The bits of a product do not depend on whether `packed` is there.
struct Weight {
  ConstTensor
      value;  // [N, K], or [E, N, K] for grouped products; a shape without memory where `packed` is all there is
  ConstTensor packed;  // u8 [packed_bytes]; empty: the operation lays out what it needs itself
};

struct GemmOptions {
  bool accumulate = false;  // start each chain from y's old value instead of 0
};

// Every output is ONE fused multiply-add chain in index order of the reduced dimension, in one accumulator of y's
// dtype, for every number of rows including 1; blocking and threads do not show. All operands f32 (f64 on the
// reference). Leading strides are free. Throws Error: shapes, dtypes.

// y [M, N] = x [M, K] · w [N, K]ᵀ: a Linear's forward. The chain runs over k.
void gemm_nt(Context&, ConstTensor x, const Weight& w, Tensor y, GemmOptions = {});
// y [M, K] = x [M, N] · w [N, K]: the gradient of a Linear's input. The chain runs over n.
void gemm_nn(Context&, ConstTensor x, ConstTensor w, Tensor y, GemmOptions = {});
// y [N, K] = a [M, N]ᵀ · b [M, K]: the gradient of a Linear's weight (accumulate). The chain runs over m.
void gemm_tn(Context&, ConstTensor a, ConstTensor b, Tensor y, GemmOptions = {});

// The same for E matrices at once: rows begin[e] … begin[e+1]−1 belong to matrix e. `begin` i32 [E + 1], ascending from
// 0 to R. A matrix without rows is left alone (accumulate) or set to 0.
void gemm_grouped_nt(Context&, ConstTensor x /* [R, K] */, const Weight& w /* [E, N, K] */, ConstTensor begin,
                     Tensor y /* [R, N] */);
void gemm_grouped_nn(Context&, ConstTensor x /* [R, N] */, ConstTensor w /* [E, N, K] */, ConstTensor begin,
                     Tensor y /* [R, K] */);
void gemm_grouped_tn(Context&, ConstTensor a /* [R, N] */, ConstTensor b /* [R, K] */, ConstTensor begin,
                     Tensor y /* [E, N, K] */, GemmOptions = {});

// The layout that this device's gemm_nt likes best: how many bytes, and the copy. w [N, K] or [E, N, K]. 0 bytes: the
// device multiplies from the values themselves. A stack's copy is those of its matrices one after the other, a matrix's
// those of its rows, kPackStep or a multiple of it at a time. For the bytes w needs no memory.
inline constexpr int64_t kPackStep = 64;
int64_t gemm_packed_bytes(Context&, ConstTensor w);
void gemm_pack(Context&, ConstTensor w, Tensor packed /* u8 */);

}  // namespace millet::ops
