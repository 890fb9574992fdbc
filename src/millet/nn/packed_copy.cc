#include "millet/nn/packed_copy.h"

namespace millet::nn {

ops::Weight PackedCopy::of(Context& ctx, const Parameter& weight, bool reuse) {
  if (!reuse) return {weight.value, {}};
  const int64_t bytes = ops::gemm_packed_bytes(ctx, weight.value);
  const bool is_new = memory_.empty();
  if (is_new) memory_ = Buffer(ctx.device(), bytes);
  const Tensor packed = memory_.tensor(DType::u8, {bytes});
  if (is_new || version_ != weight.version) {
    ops::gemm_pack(ctx, weight.value, packed);
    version_ = weight.version;
  }
  return {weight.value, packed};
}

}  // namespace millet::nn
