// What operations take from the workspace at most, on any device: for estimates, which have shapes and no device.
#pragma once

#include <cstdint>

#include "millet/core/tensor.h"

namespace millet::ops {

// Of a weight's laid-out copy (gemm_packed_bytes), [N, K] or [E, N, K].
int64_t packed_bytes_at_most(const Shape& weight);
// Of a product with it that has no such copy, forward or backward of its input: it lays out what it needs.
int64_t product_scratch_bytes(const Shape& weight);

// Of these, each thread takes so much.
int64_t attention_scratch_bytes(int64_t depth, int64_t width, int64_t longest);  // D, Dv; rows of the longest segment
int64_t muon_scratch_bytes(int64_t rows, int64_t columns);                       // of one matrix of the stack
int64_t sample_scratch_bytes(int64_t vocabulary);

}  // namespace millet::ops
