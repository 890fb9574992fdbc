// What a module costs: one truth for `millet info`, the planner and the utilisation figure.
#pragma once

#include <cstdint>

namespace millet::nn {

// Of one forward over some rows. Matrix products count 2 operations a multiply-add; a backward costs twice a forward.
struct Cost {
  double flops = 0;
  int64_t saved_bytes = 0;    // left for backward
  int64_t scratch_bytes = 0;  // most workspace in use at once

  Cost& operator+=(const Cost& other) {
    flops += other.flops;
    saved_bytes += other.saved_bytes;
    scratch_bytes = scratch_bytes > other.scratch_bytes ? scratch_bytes : other.scratch_bytes;
    return *this;
  }
};

}  // namespace millet::nn
