// rms_norm. Bound per row of H: 4·H operations forward, 9·H backward, 8·H to 16·H bytes: memory, once rows leave the
// second-level cache; below that the one chain of H / 16 additions a row.
#include "millet/ops/cpu/kernels/norm.h"

#include "millet/ops/cpu/kernels/vec.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

float sum_of_squares(const float* x, int64_t width) {
  f32x16 partial = zero();
  int64_t h = 0;
  for (; h + 16 <= width; h += 16) {
    const f32x16 v = load(x + h);
    partial = fma(v, v, partial);
  }
  if (h < width) {
    const f32x16 v = load(x + h, first(width - h));
    partial = fma(v, v, partial);
  }
  return sum(partial);
}

void rms_norm(ConstRows x, const float* weight, Rows y, float* rstd, int64_t rows, int64_t width, float eps) {
  for (int64_t t = 0; t < rows; ++t) {
    const float* from = x.at + t * x.stride;
    float* to = y.at + t * y.stride;
    const float r = 1.0F / __builtin_sqrtf(sum_of_squares(from, width) / static_cast<float>(width) + eps);
    if (rstd != nullptr) rstd[t] = r;
    const f32x16 factor = broadcast(r);
    int64_t h = 0;
    for (; h + 16 <= width; h += 16) store(to + h, load(from + h) * factor * load(weight + h));
    if (h < width) {
      const mask16 tail = first(width - h);
      store(to + h, load(from + h, tail) * factor * load(weight + h, tail), tail);
    }
  }
}

// With g = dy · weight:  dx = rstd · g − x · (rstd³ · Σ g·x / H).
void rms_norm_backward_input(ConstRows dy, ConstRows x, const float* weight, const float* rstd, Rows dx, int64_t rows,
                             int64_t width) {
  for (int64_t t = 0; t < rows; ++t) {
    const float* g = dy.at + t * dy.stride;
    const float* from = x.at + t * x.stride;
    float* to = dx.at + t * dx.stride;
    f32x16 partial = zero();
    int64_t h = 0;
    for (; h + 16 <= width; h += 16) partial = fma(load(g + h) * load(weight + h), load(from + h), partial);
    if (h < width) {
      const mask16 tail = first(width - h);
      partial = fma(load(g + h, tail) * load(weight + h, tail), load(from + h, tail), partial);
    }
    const float r = rstd[t];
    const f32x16 factor = broadcast(r);
    const f32x16 back = broadcast(-(sum(partial) * r / static_cast<float>(width) * r * r));
    for (h = 0; h + 16 <= width; h += 16)
      store(to + h, fma(load(from + h), back, factor * (load(g + h) * load(weight + h))));
    if (h < width) {
      const mask16 tail = first(width - h);
      store(to + h, fma(load(from + h, tail), back, factor * (load(g + h, tail) * load(weight + h, tail))), tail);
    }
  }
}

// kVectors · 16 columns at once: their chains wait for each other's latency.
template <int kVectors>
void backward_weight_columns(ConstRows dy, ConstRows x, const float* rstd, float* dweight, int64_t rows,
                             mask16 wanted) {
  f32x16 total[kVectors];
  for (int v = 0; v < kVectors; ++v) total[v] = load(dweight + 16 * v, wanted);
  for (int64_t t = 0; t < rows; ++t) {
    const f32x16 factor = broadcast(rstd[t]);
    for (int v = 0; v < kVectors; ++v) {
      const f32x16 n = load(x.at + t * x.stride + 16 * v, wanted) * factor;
      total[v] = fma(load(dy.at + t * dy.stride + 16 * v, wanted), n, total[v]);
    }
  }
  for (int v = 0; v < kVectors; ++v) store(dweight + 16 * v, total[v], wanted);
}

void rms_norm_backward_weight(ConstRows dy, ConstRows x, const float* rstd, float* dweight, int64_t rows,
                              int64_t width) {
  int64_t h = 0;
  for (; h + 64 <= width; h += 64)
    backward_weight_columns<4>({dy.at + h, dy.stride}, {x.at + h, x.stride}, rstd, dweight + h, rows, first(16));
  for (; h < width; h += 16) {
    const mask16 wanted = first(width - h < 16 ? width - h : 16);
    backward_weight_columns<1>({dy.at + h, dy.stride}, {x.at + h, x.stride}, rstd, dweight + h, rows, wanted);
  }
}

}  // namespace

extern const NormKernels norm;
const NormKernels norm = {.rms_norm = rms_norm,
                          .rms_norm_backward_input = rms_norm_backward_input,
                          .rms_norm_backward_weight = rms_norm_backward_weight};

}  // namespace millet::ops::cpu::MILLET_ISA
