// What this machine's cores can do at most, measured.
#pragma once

#include "millet/core/context.h"

namespace millet::ops::cpu {

struct Ceiling {
  double flops_per_second = 0;  // fused multiply-adds on registers, all threads of the context
  double bytes_per_second = 0;  // reading memory that fits no cache
};

// Takes some `seconds` for each figure, and the best of several tries: a core that is shared or that has not reached
// its clock yet must not lower what others are divided by. The context's device must be the cpu.
Ceiling measure_ceiling(Context&, double seconds = 0.05);
double measure_peak_flops(Context&, double seconds = 0.05);  // the first figure alone

}  // namespace millet::ops::cpu
