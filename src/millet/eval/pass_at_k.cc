#include "millet/eval/pass_at_k.h"

#include "millet/core/error.h"

namespace millet::eval {

double pass_at_k(int64_t n, int64_t c, int64_t k) {
  require(c >= 0 && c <= n, "pass@k: {} of {} samples right", c, n);
  require(k >= 1 && k <= n, "pass@k: k = {} from {} samples; k must lie between 1 and the number of samples", k, n);
  if (n - c < k) return 1;  // every choice of k holds a right one
  double none = 1;          // C(n − c, k) / C(n, k) = Π_{i = n−c+1 … n} (1 − k / i)
  for (int64_t i = n - c + 1; i <= n; ++i) none *= 1 - static_cast<double>(k) / static_cast<double>(i);
  return 1 - none;
}

}  // namespace millet::eval
