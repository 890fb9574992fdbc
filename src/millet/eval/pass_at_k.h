// pass@k: how likely one of k samples is right, estimated from n of them.
#pragma once

#include <cstdint>

namespace millet::eval {

// 1 − C(n − c, k) / C(n, k) with n samples of which c are right: the unbiased estimate of 1 − (1 − p)^k (Chen et al.
// 2021, eq. 1). As a product of factors below one, so that nothing overflows. Throws Error unless 0 ≤ c ≤ n and
// 1 ≤ k ≤ n.
double pass_at_k(int64_t n, int64_t c, int64_t k);

}  // namespace millet::eval
