// The copy of a weight that a device's products like best, remade when the weight's version moves.
#pragma once

#include <vector>

#include "millet/nn/parameters.h"
#include "millet/ops/gemm.h"

namespace millet::nn {

class PackedCopy {
 public:
  // The weight with its up-to-date copy, or bare where reuse is not wanted. Of a weight that is still in its files
  // there is always a copy; of a stack [E, N, K] it has the matrices that some call wanted, which are those with rows:
  // `begin` [E + 1] i32 says where each one's start.
  ops::Weight of(Context& ctx, const Parameter& weight, bool reuse, ConstTensor begin = {});

 private:
  ops::Weight of_stored(Context& ctx, const Parameter& weight, const ConstTensor& begin);
  void read_matrix(Context& ctx, const Parameter& weight, int64_t matrix, bool packed) const;

  Buffer memory_;
  uint64_t version_ = 0;
  std::vector<uint8_t> is_there_;  // of a stored weight: each matrix of the stack
};

}  // namespace millet::nn
