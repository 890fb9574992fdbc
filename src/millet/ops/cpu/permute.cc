// Moving rows on the CPU: checks indices, copies; cuts tokens into tasks. Arithmetic: kernels/permute.cc.
#include "millet/ops/cpu/kernels/permute.h"

#include <cstring>

#include "millet/core/error.h"
#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

// Elements of one size: single ones are moved without a call of memcpy for each.
template <class T>
static void gather_elements(Context& ctx, const ConstTensor& x, const int32_t* source, const Tensor& y) {
  const auto* from_x = static_cast<const T*>(x.data());
  auto* to = static_cast<T*>(y.data());
  for_rows(ctx, y.size(0), 4, [&](int64_t first, int64_t count) {
    for (int64_t r = first; r < first + count; ++r) to[r] = from_x[source[r]];
  });
}

void gather_rows(Context& ctx, ConstTensor x, ConstTensor source, Tensor y) {
  const int32_t* at = i32(source);
  for (int64_t r = 0; r < y.size(0); ++r)
    require(at[r] >= 0 && at[r] < x.size(0), "gather_rows: source[{}] is {}; x has {} rows", r, at[r], x.size(0));
  const int64_t bytes = bytes_of(x.dtype());
  if (x.rank() == 1) {
    if (bytes == 4) return gather_elements<uint32_t>(ctx, x, at, y);
    if (bytes == 8) return gather_elements<uint64_t>(ctx, x, at, y);
    return gather_elements<uint8_t>(ctx, x, at, y);
  }
  const auto* from_x = static_cast<const char*>(x.data());
  auto* to = static_cast<char*>(y.data());
  for_rows(ctx, y.size(0), y.size(1), [&](int64_t first, int64_t count) {
    for (int64_t r = first; r < first + count; ++r)
      std::memcpy(to + r * y.stride(0) * bytes, from_x + at[r] * x.stride(0) * bytes,
                  static_cast<size_t>(y.size(1) * bytes));
  });
}

void combine_rows(Context& ctx, ConstTensor rows, ConstTensor slot, Tensor y) {
  const int64_t tokens = slot.size(0), k = slot.size(1), width = y.size(1);
  const int32_t* at = i32(slot);
  for (int64_t t = 0; t < tokens; ++t) {
    for (int64_t s = 0; s < k; ++s) {
      const int32_t r = at[t * slot.stride(0) + s];
      require(r >= -1 && r < rows.size(0), "combine_rows: slot[{}, {}] is {}; there are {} rows", t, s, r,
              rows.size(0));
    }
  }
  const ConstRows from_rows = rows_of(rows, "combine_rows", "rows");
  const Rows to = rows_of(y, "combine_rows", "y");
  const PermuteKernels& kernel = *kernels(ctx).permute;
  for_rows(ctx, tokens, (k + 1) * (width + 3), [&](int64_t first, int64_t count) {
    kernel.combine_rows(from_rows, at + first * slot.stride(0), slot.stride(0), k, from(to, first), count, width);
  });
}

}  // namespace millet::ops::cpu
