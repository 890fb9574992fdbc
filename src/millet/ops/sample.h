// Drawing tokens. The specification is ops/reference/sample.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// token[q]: temperature[q] = 0: the largest logit, ties to the lower id. Otherwise a draw from softmax(logits / T),
// first restricted to the top_k[q] largest (0 = all, ties to the lower id), then to the smallest set of the largest of
// these whose share reaches top_p[q] ∈ (0, 1], by inverting the cumulative sum in id order at uniform[q] ∈ [0, 1).
//   logits [Q, V]    temperature, top_p, uniform [Q]    top_k [Q] i32    token [Q] i32
// A row depends on its own values alone. Throws Error: shapes; values out of range; logits that are not
// finite (−∞ forbids a token, but not all of them).
void sample(Context&, ConstTensor logits, ConstTensor temperature, ConstTensor top_k, ConstTensor top_p,
            ConstTensor uniform, Tensor token);

}  // namespace millet::ops
