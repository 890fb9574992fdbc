#include "millet/eval/paired.h"

#include <algorithm>
#include <cmath>

#include "millet/core/error.h"

namespace millet::eval {

// P(X ≤ k) of X ~ Binomial(n, ½), its terms as logarithms so that 2⁻ⁿ does not vanish.
static double lower_tail(int64_t n, int64_t k) {
  double sum = 0, log_term = -static_cast<double>(n) * std::log(2.0);
  for (int64_t i = 0; i <= k; ++i) {
    sum += std::exp(log_term);
    log_term += std::log(static_cast<double>(n - i)) - std::log(static_cast<double>(i + 1));
  }
  return sum;
}

Paired paired(std::string_view first, std::string_view second) {
  require(first.size() == second.size(), "{} and {} problems cannot be paired: ask both models the same ones",
          first.size(), second.size());
  Paired r;
  for (size_t i = 0; i < first.size(); ++i) {
    const bool a = first[i] == '1', b = second[i] == '1';
    ++(a ? (b ? r.both : r.only_first) : (b ? r.only_second : r.neither));
  }
  const int64_t n = r.only_first + r.only_second;
  if (n > 0) r.p = std::min(1.0, 2 * lower_tail(n, std::min(r.only_first, r.only_second)));
  return r;
}

}  // namespace millet::eval
