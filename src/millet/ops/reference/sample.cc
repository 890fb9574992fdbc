// The specification of ops/sample.h.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "millet/ops/contract.h"
#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

void sample(Context& ctx, ConstTensor logits_tensor, ConstTensor temperature_tensor, ConstTensor top_k_tensor,
            ConstTensor top_p_tensor, ConstTensor uniform_tensor, Tensor token_tensor) {
  const ConstView logits(ctx, logits_tensor), temperature(ctx, temperature_tensor), top_k(ctx, top_k_tensor),
      top_p(ctx, top_p_tensor), uniform(ctx, uniform_tensor);
  const View token(ctx, token_tensor);
  const int64_t V = logits.size(1);
  for (int64_t q = 0; q < logits.size(0); ++q) {
    expect_sample_options(q, temperature(q), top_k.index(q), top_p(q), uniform(q));
    double largest = -std::numeric_limits<double>::infinity();
    for (int64_t v = 0; v < V; ++v) largest = std::max(largest, logits(q, v));
    expect_finite_logits(q, largest);

    // Best first, ties to the lower id.
    std::vector<int64_t> kept(static_cast<size_t>(V));
    std::iota(kept.begin(), kept.end(), 0);
    if (temperature(q) == 0) {
      const auto best = std::find_if(kept.begin(), kept.end(), [&](int64_t v) { return logits(q, v) == largest; });
      token.set_index(*best, q);
      continue;
    }
    const auto weight = [&](int64_t v) { return std::exp((logits(q, v) - largest) / temperature(q)); };
    const auto total = [&] {
      double sum = 0;
      for (const int64_t v : kept) sum += weight(v);
      return sum;
    };
    expect_finite_logits(q, total());
    std::stable_sort(kept.begin(), kept.end(), [&](int64_t a, int64_t b) { return logits(q, a) > logits(q, b); });
    if (top_k.index(q) > 0) kept.resize(static_cast<size_t>(std::min(V, top_k.index(q))));
    if (top_p(q) < 1) {
      const double wanted = top_p(q) * total();
      double sum = 0;
      size_t count = 0;
      while (count < kept.size() && sum < wanted) sum += weight(kept[count++]);
      kept.resize(count);
    }

    std::sort(kept.begin(), kept.end());
    const double wanted = uniform(q) * total();
    double sum = 0;
    int64_t drawn = 0;
    for (const int64_t v : kept) {
      if (weight(v) > 0) drawn = v;  // the last one, should rounding leave the sum short
      sum += weight(v);
      if (sum > wanted) break;
    }
    token.set_index(drawn, q);
  }
}

}  // namespace millet::ops::reference
