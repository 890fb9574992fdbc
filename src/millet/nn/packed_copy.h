// The copy of a weight that a device's products like best, remade when the weight's version moves.
#pragma once

#include "millet/nn/parameters.h"
#include "millet/ops/gemm.h"

namespace millet::nn {

class PackedCopy {
 public:
  // The weight with its up-to-date copy, or bare where reuse is not wanted.
  ops::Weight of(Context& ctx, const Parameter& weight, bool reuse);

 private:
  Buffer memory_;
  uint64_t version_ = 0;
};

}  // namespace millet::nn
