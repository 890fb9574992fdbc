// The specification of ops/gemm.h.
#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

void gemm_nt(Context& ctx, ConstTensor x_tensor, const Weight& weight, Tensor y_tensor, GemmOptions options) {
  const ConstView x(ctx, x_tensor), w(ctx, weight.value);
  const View y(ctx, y_tensor);
  for (int64_t m = 0; m < y.size(0); ++m) {
    for (int64_t n = 0; n < y.size(1); ++n) {
      double sum = options.accumulate ? y(m, n) : 0;
      for (int64_t k = 0; k < x.size(1); ++k) sum += x(m, k) * w(n, k);
      y.set(sum, m, n);
    }
  }
}

// The reference needs no other layout: a packed weight is empty and never looked at.
int64_t gemm_packed_bytes(Context&, ConstTensor) {
  return 0;
}

void gemm_pack(Context&, ConstTensor, Tensor) {}

}  // namespace millet::ops::reference
