#include "millet/ops/cpu/ceiling.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "millet/core/buffer.h"
#include "millet/ops/cpu/device.h"

namespace millet::ops::cpu {

// Amount done per second by work(thread) on all threads at once, best of some tries within `seconds`.
template <class F>
static double best_rate(Context& ctx, double seconds, double amount, F work) {
  using Clock = std::chrono::steady_clock;
  double best = 0;
  const auto start = Clock::now();
  do {
    const auto before = Clock::now();
    ctx.parallel_for(ctx.threads(), [&](int64_t task, int) { work(task); });
    const std::chrono::duration<double> took = Clock::now() - before;
    best = std::max(best, amount * ctx.threads() / took.count());
  } while (std::chrono::duration<double>(Clock::now() - start).count() < seconds);
  return best;
}

double measure_peak_flops(Context& ctx, double seconds) {
  const CeilingKernels& kernel = *kernels(ctx).ceiling;
  std::vector<float> results(static_cast<size_t>(ctx.threads()));
  constexpr int64_t kSteps = 200000;
  return best_rate(ctx, seconds, static_cast<double>(kSteps * kernel.flops_per_step),
                   [&](int64_t thread) { results[static_cast<size_t>(thread)] = kernel.fma(kSteps); });
}

Ceiling measure_ceiling(Context& ctx, double seconds) {
  const CeilingKernels& kernel = *kernels(ctx).ceiling;
  std::vector<float> results(static_cast<size_t>(ctx.threads()));
  constexpr int64_t kFloats = int64_t{4} << 20;
  Ceiling ceiling{.flops_per_second = measure_peak_flops(ctx, seconds)};
  const Buffer memory(ctx.device(), ctx.threads() * kFloats * bytes_of(DType::f32));
  ceiling.bytes_per_second =
      best_rate(ctx, seconds, static_cast<double>(kFloats * bytes_of(DType::f32)), [&](int64_t thread) {
        const auto* x = static_cast<const float*>(memory.data()) + thread * kFloats;
        results[static_cast<size_t>(thread)] = kernel.read(x, kFloats);
      });
  return ceiling;
}

}  // namespace millet::ops::cpu
