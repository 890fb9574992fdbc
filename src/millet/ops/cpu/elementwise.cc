// Elementwise operations on the CPU: strided tensors become runs of rows, cut into tasks. Arithmetic:
// kernels/elementwise.cc.
#include "millet/ops/cpu/kernels/elementwise.h"

#include <array>
#include <cstring>
#include <vector>

#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

// Tensors of one shape, their dimensions joined wherever the strides of all of them allow it: rows of `width` dense
// elements, size[0] of them at even distances, such groups size[1] times, those size[2] times.
template <size_t kTensors>
struct Joined {
  int64_t width = 1;
  std::array<int64_t, kMaxRank - 1> size{1, 1, 1};
  std::array<std::array<int64_t, kMaxRank - 1>, kTensors> stride{};
};

template <size_t kTensors>
static Joined<kTensors> join(const std::array<ConstTensor, kTensors>& tensors) {
  Joined<kTensors> joined;
  const ConstTensor& like = tensors[0];
  if (like.rank() == 0) return joined;
  joined.width = like.size(-1);
  size_t groups = 0;  // besides the dense one
  for (int d = like.rank() - 2; d >= 0; --d) {
    if (like.size(d) == 1) continue;
    bool continues = true;  // dimension d walks on where the innermost group so far ends
    for (size_t i = 0; i < kTensors; ++i) {
      const int64_t reach = groups == 0 ? joined.width : joined.size[groups - 1] * joined.stride[i][groups - 1];
      continues = continues && tensors[i].stride(d) == reach;
    }
    if (continues) {
      (groups == 0 ? joined.width : joined.size[groups - 1]) *= like.size(d);
      continue;
    }
    joined.size[groups] = like.size(d);
    for (size_t i = 0; i < kTensors; ++i) joined.stride[i][groups] = tensors[i].stride(d);
    ++groups;
  }
  return joined;
}

// f(offsets, rows, width) for runs of evenly spaced rows which cover the tensors: offsets[i] is where the run begins in
// tensor i, in elements. What is dense as a whole is cut by elements.
template <size_t kTensors, class F>
static void for_runs(Context& ctx, const Joined<kTensors>& t, F f) {
  const int64_t rows = t.size[0] * t.size[1] * t.size[2];
  if (rows == 1) {
    for_rows(ctx, t.width, 1, [&](int64_t first, int64_t count) {
      std::array<int64_t, kTensors> at;
      at.fill(first);
      f(at, int64_t{1}, count);
    });
    return;
  }
  if (t.width == 0) return;
  for_rows(ctx, rows, t.width, [&](int64_t first, int64_t count) {
    while (count > 0) {
      const int64_t inner = first % t.size[0], middle = first / t.size[0] % t.size[1],
                    outer = first / t.size[0] / t.size[1];
      const int64_t run = std::min(count, t.size[0] - inner);
      std::array<int64_t, kTensors> at;
      for (size_t i = 0; i < kTensors; ++i)
        at[i] = inner * t.stride[i][0] + middle * t.stride[i][1] + outer * t.stride[i][2];
      f(at, run, t.width);
      first += run;
      count -= run;
    }
  });
}

void fill(Context& ctx, Tensor y, double value) {
  float* to = f32(y, "fill", "y");
  const ElementwiseKernels& k = *kernels(ctx).elementwise;
  const auto t = join<1>({y});
  for_runs(ctx, t, [&](const auto& at, int64_t rows, int64_t width) {
    k.fill({to + at[0], t.stride[0][0]}, static_cast<float>(value), rows, width);
  });
}

void copy(Context& ctx, ConstTensor x, Tensor y) {
  if (x.data() == y.data()) return;
  const int64_t bytes = bytes_of(x.dtype());
  const auto* from_x = static_cast<const char*>(x.data());
  auto* to = static_cast<char*>(y.data());
  const auto t = join<2>({x, y});
  for_runs(ctx, t, [&](const auto& at, int64_t rows, int64_t width) {
    for (int64_t r = 0; r < rows; ++r)
      std::memcpy(to + (at[1] + r * t.stride[1][0]) * bytes, from_x + (at[0] + r * t.stride[0][0]) * bytes,
                  static_cast<size_t>(width * bytes));
  });
}

void add(Context& ctx, ConstTensor a, ConstTensor b, Tensor y) {
  const float* left = f32(a, "add", "a");
  const float* right = f32(b, "add", "b");
  float* to = f32(y, "add", "y");
  const ElementwiseKernels& k = *kernels(ctx).elementwise;
  const auto t = join<3>({a, b, y});
  for_runs(ctx, t, [&](const auto& at, int64_t rows, int64_t width) {
    k.add({left + at[0], t.stride[0][0]}, {right + at[1], t.stride[1][0]}, {to + at[2], t.stride[2][0]}, rows, width);
  });
}

void scale(Context& ctx, ConstTensor x, double factor, Tensor y) {
  const float* from_x = f32(x, "scale", "x");
  float* to = f32(y, "scale", "y");
  const ElementwiseKernels& k = *kernels(ctx).elementwise;
  const auto t = join<2>({x, y});
  for_runs(ctx, t, [&](const auto& at, int64_t rows, int64_t width) {
    k.scale({from_x + at[0], t.stride[0][0]}, static_cast<float>(factor), {to + at[1], t.stride[1][0]}, rows, width);
  });
}

void scale_rows(Context& ctx, ConstTensor x, ConstTensor weight, Tensor y) {
  const ConstRows from_x = rows_of(x, "scale_rows", "x");
  const float* w = f32(weight, "scale_rows", "weight");
  const Rows to = rows_of(y, "scale_rows", "y");
  const ElementwiseKernels& k = *kernels(ctx).elementwise;
  for_rows(ctx, x.size(0), x.size(1), [&](int64_t first, int64_t count) {
    k.scale_rows(from(from_x, first), w + first, from(to, first), count, x.size(1));
  });
}

void row_dot(Context& ctx, ConstTensor a, ConstTensor b, Tensor y) {
  const ConstRows left = rows_of(a, "row_dot", "a"), right = rows_of(b, "row_dot", "b");
  float* to = f32(y, "row_dot", "y");
  const ElementwiseKernels& k = *kernels(ctx).elementwise;
  for_rows(ctx, a.size(0), a.size(1), [&](int64_t first, int64_t count) {
    k.row_dot(from(left, first), from(right, first), to + first, count, a.size(1));
  });
}

void broadcast_heads(Context& ctx, ConstTensor x, Tensor y) {
  const ConstRows from_x = rows_of(x, "broadcast_heads", "x");
  const Rows to = rows_of(y, "broadcast_heads", "y");
  const int64_t heads = y.size(1), width = y.size(2);
  for_rows(ctx, y.size(0), heads * width, [&](int64_t first, int64_t count) {
    for (int64_t t = first; t < first + count; ++t) {
      for (int64_t n = 0; n < heads; ++n)
        std::memcpy(to.at + t * to.stride + n * y.stride(1), from_x.at + t * from_x.stride,
                    static_cast<size_t>(width) * sizeof(float));
    }
  });
}

void sum_heads(Context& ctx, ConstTensor dy, Tensor dx) {
  const ConstRows from_dy = rows_of(dy, "sum_heads", "dy");
  const Rows to = rows_of(dx, "sum_heads", "dx");
  const ElementwiseKernels& k = *kernels(ctx).elementwise;
  for_rows(ctx, dy.size(0), dy.size(1) * dy.size(2), [&](int64_t first, int64_t count) {
    k.sum_heads(from(from_dy, first), dy.stride(1), from(to, first), count, dy.size(1), dy.size(2));
  });
}

// Each row of the last dimension is cut into pieces; a piece is summed by the kernel, the pieces in order. So the bits
// depend on the shape alone, not on strides or threads.
double sum_of_squares(Context& ctx, ConstTensor x) {
  constexpr int64_t kPiece = 4096;
  const float* from_x = f32(x, "sum_of_squares", "x");
  const ElementwiseKernels& k = *kernels(ctx).elementwise;
  if (x.elements() == 0) return 0;
  const int64_t width = x.rank() == 0 ? 1 : x.size(-1), rows = x.elements() / width;
  const int64_t pieces = (width + kPiece - 1) / kPiece;
  const auto row_offset = [&](int64_t row) {
    int64_t at = 0;
    for (int d = x.rank() - 2; d >= 0; --d) {
      at += row % x.size(d) * x.stride(d);
      row /= x.size(d);
    }
    return at;
  };
  std::vector<double> partial(static_cast<size_t>(rows * pieces));
  for_rows(ctx, rows * pieces, std::min(width, kPiece), [&](int64_t first, int64_t count) {
    for (int64_t i = first; i < first + count; ++i) {
      const int64_t begin = i % pieces * kPiece;
      partial[static_cast<size_t>(i)] =
          k.sum_of_squares(from_x + row_offset(i / pieces) + begin, std::min(kPiece, width - begin));
    }
  });
  double total = 0;
  for (const double p : partial) total += p;
  return total;
}

}  // namespace millet::ops::cpu
