// How the CPU cuts an operation into tasks, and tensors as its kernels take them.
#pragma once

#include <algorithm>
#include <string_view>
#include <type_traits>

#include "millet/core/context.h"
#include "millet/ops/cpu/device.h"
#include "millet/ops/cpu/kernels/rows.h"

namespace millet::ops::cpu {

// Work of one task, in elements that are read, multiplied and written: some three microseconds, an order above the cost
// of handing a task to a thread. Less than two of them are not worth a second thread.
inline constexpr int64_t kTaskElements = 16384;

// f(first, count) for ranges of about kTaskElements / elements_per_row rows, which cover 0 … rows−1. An element that
// costs more than a few operations (exp) counts as several. The cut depends on shapes alone. f may ask for a third
// argument, the worker (0 … threads − 1), to choose its scratch memory.
template <class F>
void for_rows(Context& ctx, int64_t rows, int64_t elements_per_row, F f) {
  const auto call = [&](int64_t first, int64_t count, int worker) {
    if constexpr (std::is_invocable_v<F, int64_t, int64_t, int>)
      f(first, count, worker);
    else
      f(first, count);
  };
  const int64_t most = std::max<int64_t>(1, kTaskElements / std::max<int64_t>(1, elements_per_row));
  const int64_t tasks = (rows + most - 1) / most;
  if (tasks <= 1) {
    if (rows > 0) call(0, rows, 0);
    return;
  }
  ctx.parallel_for(tasks, [&](int64_t task, int worker) {
    const int64_t first = rows * task / tasks;
    call(first, rows * (task + 1) / tasks - first, worker);
  });
}

// f(first, count) for ranges of columns, multiples of 64 wide, for operations whose sums run over the rows.
template <class F>
void for_columns(Context& ctx, int64_t rows, int64_t columns, F f) {
  constexpr int64_t kColumns = 64;
  for_rows(ctx, (columns + kColumns - 1) / kColumns, rows * kColumns, [&](int64_t first, int64_t count) {
    f(first * kColumns, std::min(count * kColumns, columns - first * kColumns));
  });
}

inline ConstRows rows_of(const ConstTensor& t, std::string_view op, std::string_view operand) {
  return {f32(t, op, operand), t.stride(0)};
}
inline Rows rows_of(const Tensor& t, std::string_view op, std::string_view operand) {
  return {f32(t, op, operand), t.stride(0)};
}

// The rows from `row`, the columns from `column` on.
inline ConstRows from(ConstRows x, int64_t row, int64_t column = 0) {
  return {x.at + row * x.stride + column, x.stride};
}
inline Rows from(Rows x, int64_t row, int64_t column = 0) {
  return {x.at + row * x.stride + column, x.stride};
}

inline const int32_t* i32(const ConstTensor& t) {
  return static_cast<const int32_t*>(t.data());
}

}  // namespace millet::ops::cpu
