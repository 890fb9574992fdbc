// What a module costs: one truth for `millet info`, the planner and the utilisation figure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "millet/core/arena.h"

namespace millet::nn {

// Of one forward over some rows, and of the backward that follows. Matrix products count 2 operations a multiply-add; a
// backward costs twice a forward. Bytes are upper bounds of what the arenas really give, for values of four bytes.
struct Cost {
  double flops = 0;            // of the forward
  int64_t saved_bytes = 0;     // `keep`: what a forward takes, left for backward
  int64_t gradient_bytes = 0;  // `keep`: what the backward takes beside that
  int64_t scratch_bytes = 0;   // workspace: most in use at once, forward or backward
  int64_t thread_bytes = 0;    // workspace: beside that, for each thread
  int64_t packed_bytes = 0;    // laid-out copies of weights that forwards without backward keep for the next ones

  // Two modules of one chunk: what is kept adds up, scratch memory serves one after the other.
  Cost& operator+=(const Cost& other) {
    flops += other.flops;
    saved_bytes += other.saved_bytes;
    gradient_bytes += other.gradient_bytes;
    scratch_bytes = std::max(scratch_bytes, other.scratch_bytes);
    thread_bytes = std::max(thread_bytes, other.thread_bytes);
    packed_bytes += other.packed_bytes;
    return *this;
  }
};

// Bytes that an arena gives for tensors of so many elements, each with its alignment.
template <class... Elements>
int64_t arena_bytes(Elements... elements) {
  return (Arena::footprint(4 * static_cast<int64_t>(elements)) + ... + int64_t{0});
}

}  // namespace millet::nn
