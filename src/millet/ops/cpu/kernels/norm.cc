// rms_norm. Bound per row of H: 4·H operations forward, 9·H backward, 8·H to 16·H bytes: memory, once rows leave the
// second-level cache; below that the one chain of H / 16 additions a row.
#include "millet/ops/cpu/kernels/norm.h"

#include "millet/ops/cpu/kernels/lanes.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

float sum_of_squares(const float* x, int64_t width) {
  f32x16 partial = zero();
  for_lanes(width, [&](int64_t h, auto lanes) {
    const f32x16 v = load(x + h, lanes);
    partial = fma(v, v, partial);
  });
  return sum(partial);
}

void rms_norm(ConstRows x, const float* weight, Rows y, float* rstd, int64_t rows, int64_t width, float eps) {
  for (int64_t t = 0; t < rows; ++t) {
    const float* from = x.at + t * x.stride;
    float* to = y.at + t * y.stride;
    const float r = 1.0F / __builtin_sqrtf(sum_of_squares(from, width) / static_cast<float>(width) + eps);
    if (rstd != nullptr) rstd[t] = r;
    const f32x16 factor = broadcast(r);
    for_lanes(width, [&](int64_t h, auto lanes) {
      store(to + h, load(from + h, lanes) * factor * load(weight + h, lanes), lanes);
    });
  }
}

// With g = dy · weight:  dx = rstd · g − x · (rstd³ · Σ g·x / H).
void rms_norm_backward_input(ConstRows dy, ConstRows x, const float* weight, const float* rstd, Rows dx, int64_t rows,
                             int64_t width) {
  for (int64_t t = 0; t < rows; ++t) {
    const float* d = dy.at + t * dy.stride;
    const float* from = x.at + t * x.stride;
    float* to = dx.at + t * dx.stride;
    f32x16 partial = zero();
    for_lanes(width, [&](int64_t h, auto lanes) {
      partial = fma(load(d + h, lanes) * load(weight + h, lanes), load(from + h, lanes), partial);
    });
    const float r = rstd[t];
    const f32x16 factor = broadcast(r);
    const f32x16 back = broadcast(-(sum(partial) * r / static_cast<float>(width) * r * r));
    for_lanes(width, [&](int64_t h, auto lanes) {
      const f32x16 g = load(d + h, lanes) * load(weight + h, lanes);
      store(to + h, fma(load(from + h, lanes), back, factor * g), lanes);
    });
  }
}

// kVectors · 16 columns at once: their chains wait for each other's latency.
template <int kVectors, class Lanes>
void backward_weight_columns(ConstRows dy, ConstRows x, const float* rstd, float* dweight, int64_t rows, Lanes lanes) {
  f32x16 total[kVectors];
  for (int v = 0; v < kVectors; ++v) total[v] = load(dweight + 16 * v, lanes);
  for (int64_t t = 0; t < rows; ++t) {
    const f32x16 factor = broadcast(rstd[t]);
    for (int v = 0; v < kVectors; ++v) {
      const f32x16 n = load(x.at + t * x.stride + 16 * v, lanes) * factor;
      total[v] = fma(load(dy.at + t * dy.stride + 16 * v, lanes), n, total[v]);
    }
  }
  for (int v = 0; v < kVectors; ++v) store(dweight + 16 * v, total[v], lanes);
}

void rms_norm_backward_weight(ConstRows dy, ConstRows x, const float* rstd, float* dweight, int64_t rows,
                              int64_t width) {
  int64_t h = 0;
  for (; h + 64 <= width; h += 64)
    backward_weight_columns<4>({dy.at + h, dy.stride}, {x.at + h, x.stride}, rstd, dweight + h, rows, all16{});
  for_lanes(width - h, [&](int64_t i, auto lanes) {
    backward_weight_columns<1>({dy.at + h + i, dy.stride}, {x.at + h + i, x.stride}, rstd, dweight + h + i, rows,
                               lanes);
  });
}

}  // namespace

extern const NormKernels norm;
const NormKernels norm = {.rms_norm = rms_norm,
                          .rms_norm_backward_input = rms_norm_backward_input,
                          .rms_norm_backward_weight = rms_norm_backward_weight};

}  // namespace millet::ops::cpu::MILLET_ISA
