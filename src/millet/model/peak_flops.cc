#include "millet/model/peak_flops.h"

#include <algorithm>
#include <chrono>

#include "millet/ops/gemm.h"

namespace millet::model {

static double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// NOTE: the best, not the mean: other work on the machine only ever slows a product down, and a ceiling that is too
// low would show utilisations above 1.
double peak_flops(Context& ctx) {
  constexpr int64_t kSize = 512;
  constexpr double kSeconds = 0.15, kOperations = 2.0 * kSize * kSize * kSize;
  Arena arena(ctx.device(), int64_t{8} << 20);
  const Tensor x = arena.zeros(DType::f32, {kSize, kSize}), w = arena.zeros(DType::f32, {kSize, kSize}),
               y = arena.tensor(DType::f32, {kSize, kSize});
  const Tensor packed = arena.tensor(DType::u8, {ops::gemm_packed_bytes(ctx, w)});
  ops::gemm_pack(ctx, w, packed);
  double best = 0;
  for (const double end = now() + kSeconds; now() < end;) {
    const double began = now();
    ops::gemm_nt(ctx, x, {w, packed}, y);
    best = std::max(best, kOperations / (now() - began));
  }
  return best;
}

}  // namespace millet::model
