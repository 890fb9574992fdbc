// Elementwise operations. Bound: one or two operations for 8 to 12 bytes moved: memory, always.
#include "millet/ops/cpu/kernels/elementwise.h"

#include "millet/ops/cpu/kernels/lanes.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

void fill(Rows y, float value, int64_t rows, int64_t width) {
  const f32x16 v = broadcast(value);
  for (int64_t r = 0; r < rows; ++r) {
    float* to = y.at + r * y.stride;
    for_lanes(width, [&](int64_t i, auto lanes) { store(to + i, v, lanes); });
  }
}

void add(ConstRows a, ConstRows b, Rows y, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) {
    const float* left = a.at + r * a.stride;
    const float* right = b.at + r * b.stride;
    float* to = y.at + r * y.stride;
    for_lanes(width,
              [&](int64_t i, auto lanes) { store(to + i, load(left + i, lanes) + load(right + i, lanes), lanes); });
  }
}

void scale_row(const float* from, f32x16 factor, float* to, int64_t width) {
  for_lanes(width, [&](int64_t i, auto lanes) { store(to + i, load(from + i, lanes) * factor, lanes); });
}

void scale(ConstRows x, float factor, Rows y, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) scale_row(x.at + r * x.stride, broadcast(factor), y.at + r * y.stride, width);
}

void scale_rows(ConstRows x, const float* weight, Rows y, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) scale_row(x.at + r * x.stride, broadcast(weight[r]), y.at + r * y.stride, width);
}

void row_dot(ConstRows a, ConstRows b, float* y, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) {
    const float* left = a.at + r * a.stride;
    const float* right = b.at + r * b.stride;
    f32x16 partial = zero();
    for_lanes(width,
              [&](int64_t i, auto lanes) { partial = fma(load(left + i, lanes), load(right + i, lanes), partial); });
    y[r] = sum(partial);
  }
}

void sum_heads(ConstRows dy, int64_t head_stride, Rows dx, int64_t rows, int64_t heads, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) {
    for_lanes(width, [&](int64_t i, auto lanes) {
      f32x16 total = zero();
      for (int64_t n = 0; n < heads; ++n) total = total + load(dy.at + r * dy.stride + n * head_stride + i, lanes);
      store(dx.at + r * dx.stride + i, total, lanes);
    });
  }
}

// A square of an f32 is exact in double, so that every level gives the same bits, fused or not.
double sum_of_squares(const float* x, int64_t width) {
  double partial[16] = {};
  int64_t i = 0;
  for (; i + 16 <= width; i += 16) {
    for (int l = 0; l < 16; ++l) partial[l] += static_cast<double>(x[i + l]) * static_cast<double>(x[i + l]);
  }
  for (; i < width; ++i) partial[i % 16] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  for (int half = 8; half > 0; half /= 2) {
    for (int l = 0; l < half; ++l) partial[l] += partial[l + half];
  }
  return partial[0];
}

}  // namespace

extern const ElementwiseKernels elementwise;
const ElementwiseKernels elementwise = {.fill = fill,
                                        .add = add,
                                        .scale = scale,
                                        .scale_rows = scale_rows,
                                        .row_dot = row_dot,
                                        .sum_heads = sum_heads,
                                        .sum_of_squares = sum_of_squares};

}  // namespace millet::ops::cpu::MILLET_ISA
