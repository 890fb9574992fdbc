// Token embedding. The specification is ops/reference/embedding.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// y[t] = table[ids[t]]:  table [V, H]    ids [T] i32    y [T, H]. An id of −1 gives zeros. Throws Error: an id ≥ V.
void embedding(Context&, ConstTensor table, ConstTensor ids, Tensor y);
// dtable[ids[t]] += dy[t], rows in order, so that the sum is the same for any number of threads.
void embedding_backward(Context&, ConstTensor dy, ConstTensor ids, Tensor dtable);

}  // namespace millet::ops
