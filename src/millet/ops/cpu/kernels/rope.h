// Rotation of pairs.
#pragma once

#include "millet/ops/cpu/kernels/rows.h"

namespace millet::ops::cpu {

struct RopeBlock {
  ConstRows x;  // rows, each with heads x_head apart
  int64_t x_head;
  ConstRows cos, sin;  // by position
  const int32_t* positions;
  Rows y;  // may be x
  int64_t y_head;
  int64_t rows, heads, width;
  bool inverse;
};

struct RopeKernels {
  void (*neighbours)(const RopeBlock&);
  void (*halves)(const RopeBlock&);
};

}  // namespace millet::ops::cpu
