// Drawing tokens. The specification is ops/reference/sample.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// token[q]: temperature[q] = 0: the largest logit, ties to the lower id. Otherwise a draw from softmax(logits / T),
// first restricted to the top_k[q] largest (0 = all), then to the smallest set of largest probabilities whose sum
// reaches top_p[q] (1 = all), by inverting the cumulative sum in id order at uniform[q] ∈ [0, 1).
//   logits [Q, V]    temperature, top_p, uniform [Q]    top_k [Q] i32    token [Q] i32
// A row depends on its own values alone. Throws Error: shapes; negative temperature.
void sample(Context&, ConstTensor logits, ConstTensor temperature, ConstTensor top_k, ConstTensor top_p,
            ConstTensor uniform, Tensor token);

}  // namespace millet::ops
