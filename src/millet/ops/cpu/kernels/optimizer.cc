// Optimizers. Bound: AdamW 15 operations, a square root and two divisions for 28 bytes moved; Muon's parts here a few
// for 12 to 20: memory.
#include "millet/ops/cpu/kernels/optimizer.h"

#include "millet/ops/cpu/kernels/lanes.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

void adamw(float* weight, const float* grad, float* m, float* v, int64_t count, const AdamWFactors& f) {
  const f32x16 scale = broadcast(f.grad_scale), beta1 = broadcast(f.beta1), rest1 = broadcast(f.rest1),
               beta2 = broadcast(f.beta2), rest2 = broadcast(f.rest2), correction1 = broadcast(f.correction1),
               correction2 = broadcast(f.correction2), eps = broadcast(f.eps), lr = broadcast(f.lr),
               decay = broadcast(-f.decay);
  for_lanes(count, [&](int64_t i, auto lanes) {
    const f32x16 g = load(grad + i, lanes) * scale;
    const f32x16 mean = fma(rest1, g, beta1 * load(m + i, lanes));
    const f32x16 square = fma(rest2 * g, g, beta2 * load(v + i, lanes));
    const f32x16 old = load(weight + i, lanes);
    const f32x16 move = lr * (mean / correction1) / (sqrt(square / correction2) + eps);
    store(m + i, mean, lanes);
    store(v + i, square, lanes);
    store(weight + i, fma(decay, old, old) - move, lanes);
  });
}

void muon_momentum(const float* grad, float* momentum, float* u, int64_t count, float mu, float scale, bool nesterov) {
  const f32x16 factor = broadcast(mu), grad_scale = broadcast(scale);
  for_lanes(count, [&](int64_t i, auto lanes) {
    const f32x16 g = load(grad + i, lanes) * grad_scale;
    const f32x16 mean = fma(factor, load(momentum + i, lanes), g);
    store(momentum + i, mean, lanes);
    store(u + i, nesterov ? fma(factor, mean, g) : mean, lanes);
  });
}

void transpose(const float* x, int64_t x_stride, int64_t rows, int64_t columns, float* y, int64_t y_stride) {
  for (int64_t r = 0; r < rows; r += 16) {
    for (int64_t c = 0; c < columns; c += 16)
      transpose_16(x + r * x_stride + c, x_stride, rows - r < 16 ? rows - r : 16, columns - c < 16 ? columns - c : 16,
                   y + c * y_stride + r, y_stride);
  }
}

void mirror(float* y, int64_t stride, int64_t n, int64_t first) {
  const int64_t columns = n - first < 16 ? n - first : 16;
  transpose(y + first, stride, first, columns, y + first * stride, stride);
}

void muon_polynomial(const float* gram, float* y, int64_t stride, int64_t n, int64_t first_column, float a, float b,
                     float c) {
  const f32x16 of_gram = broadcast(b), of_square = broadcast(c);
  const int64_t columns = n - first_column < 16 ? n - first_column : 16;
  for (int64_t r = 0; r < first_column + columns; ++r) {
    const float* from = gram + r * stride + first_column;
    float* to = y + r * stride + first_column;
    for_lanes(columns, [&](int64_t i, auto lanes) {
      store(to + i, fma(of_square, load(to + i, lanes), of_gram * load(from + i, lanes)), lanes);
    });
    if (r >= first_column) to[r - first_column] += a;
  }
}

void muon_update(float* weight, const float* direction, int64_t count, float decay, float step) {
  const f32x16 keep = broadcast(-decay), move = broadcast(-step);
  for_lanes(count, [&](int64_t i, auto lanes) {
    const f32x16 old = load(weight + i, lanes);
    store(weight + i, fma(move, load(direction + i, lanes), fma(keep, old, old)), lanes);
  });
}

}  // namespace

extern const OptimizerKernels optimizer;
const OptimizerKernels optimizer = {.adamw = adamw,
                                    .muon_momentum = muon_momentum,
                                    .transpose = transpose,
                                    .mirror = mirror,
                                    .muon_polynomial = muon_polynomial,
                                    .muon_update = muon_update};

}  // namespace millet::ops::cpu::MILLET_ISA
