#include "millet/nn/packed_copy.h"

#include <algorithm>

namespace millet::nn {

ops::Weight PackedCopy::of(Context& ctx, const Parameter& weight, bool reuse, ConstTensor begin) {
  if (weight.stored) return of_stored(ctx, weight, begin);
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

ops::Weight PackedCopy::of_stored(Context& ctx, const Parameter& weight, const ConstTensor& begin) {
  const ConstTensor whole(nullptr, DType::f32, weight.shape);
  const int64_t packed = ops::gemm_packed_bytes(ctx, whole);
  const int64_t bytes = packed > 0 ? packed : whole.bytes();
  const int64_t matrices = weight.shape.rank() == 3 ? weight.shape[0] : 1;
  if (memory_.empty()) {
    memory_ = Buffer(ctx.device(), bytes, Fill::none);
    is_there_.assign(static_cast<size_t>(matrices), 0);
  }
  const bool all = begin.empty();
  const std::vector<int32_t> first_row = all ? std::vector<int32_t>() : to_host<int32_t>(ctx.device(), begin);
  for (size_t m = 0; m < is_there_.size(); ++m) {
    if (is_there_[m] != 0 || (!all && first_row[m] == first_row[m + 1])) continue;
    read_matrix(ctx, weight, static_cast<int64_t>(m), packed > 0);
    is_there_[m] = 1;
  }
  if (packed > 0) return {whole, memory_.tensor(DType::u8, {bytes})};
  return {memory_.tensor(DType::f32, weight.shape), {}};
}

// Rows at a time, so that no matrix is ever twice in memory.
void PackedCopy::read_matrix(Context& ctx, const Parameter& weight, int64_t matrix, bool packed) const {
  constexpr int64_t kAtOnce = int64_t{1} << 20;  // elements, some
  const int64_t rows = weight.shape[-2], columns = weight.shape[-1];
  const int64_t step = std::max<int64_t>(1, kAtOnce / columns / ops::kPackStep) * ops::kPackStep;
  const auto bytes_of_rows = [&](int64_t n) {
    const ConstTensor part(nullptr, DType::f32, {n, columns});
    return packed ? ops::gemm_packed_bytes(ctx, part) : part.bytes();
  };
  char* to = static_cast<char*>(memory_.data()) + matrix * bytes_of_rows(rows);
  for (int64_t done = 0; done < rows; done += step) {
    const int64_t count = std::min(step, rows - done);
    std::vector<float> values(static_cast<size_t>(count * columns));
    ctx.parallel_for(count, [&](int64_t row, int) {
      weight.stored((matrix * rows + done + row) * columns,
                    std::span(values).subspan(static_cast<size_t>(row * columns), static_cast<size_t>(columns)));
    });
    const ArenaScope scope(ctx.workspace());
    const Tensor part = ctx.workspace().tensor(DType::f32, {count, columns});
    from_host(ctx.device(), values, part);
    char* at = to + bytes_of_rows(done);
    if (packed)
      ops::gemm_pack(ctx, part, Tensor(at, DType::u8, {bytes_of_rows(count)}));
    else
      ctx.device().copy(at, part.data(), static_cast<size_t>(part.bytes()));
  }
}

}  // namespace millet::nn
