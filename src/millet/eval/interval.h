// How sure a share is: the interval of Wilson (1927), which stays within 0 and 1 and is right for few and for rare.
#pragma once

#include <cstdint>

namespace millet::eval {

struct Interval {
  double low = 0, high = 1;
};

// The 95 % interval of a share of which `right` of `total` were seen: centre (p + z²/2n) / (1 + z²/n), half width
// z √(p(1 − p)/n + z²/4n²) / (1 + z²/n), z = 1.959964. Of nothing seen: all of [0, 1].
Interval wilson(int64_t right, int64_t total);

}  // namespace millet::eval
