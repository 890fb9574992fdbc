// How sure a share is: the interval of Wilson (1927), which stays within 0 and 1 and is right for few and for rare.
#pragma once

#include <cstdint>
#include <span>

namespace millet::eval {

struct Interval {
  double low = 0, high = 1;
};

// The 95 % interval of a share of which `right` of `total` were seen: centre (p + z²/2n) / (1 + z²/n), half width
// z √(p(1 − p)/n + z²/4n²) / (1 + z²/n), z = 1.959964. Of nothing seen: all of [0, 1].
Interval wilson(int64_t right, int64_t total);

// Several answers to one problem.
struct Cluster {
  int64_t right = 0, answers = 0;
};

// The same of the answers to several problems, which agree more within one than between two: Wilson's interval of as
// many independent answers n_eff = p(1 − p) / var p as are worth these, where var p = m/(m − 1) Σ_j (r_j − p a_j)² / n²
// is that of m problems drawn at random (Kish 1965; Korn & Graubard 1998). No more of them than there are answers and
// no fewer than problems, which is also what is taken where all or none are right.
Interval clustered(std::span<const Cluster> problems);

}  // namespace millet::eval
