// What the public operations check before a back end sees their arguments.
#pragma once

#include <string_view>

#include "millet/core/error.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// The operand is there and has this shape. Throws Error: "gemm_nt: w is f32 [3, 5]; expected [3, 4]".
inline void expect_shape(std::string_view op, std::string_view operand, const ConstTensor& t, const Shape& shape) {
  require(!t.empty(), "{}: {} is absent; expected {}", op, operand, to_string(shape));
  require(t.shape() == shape, "{}: {} is {}; expected {}", op, operand, to_string(t), to_string(shape));
}

inline void expect_rank(std::string_view op, std::string_view operand, const ConstTensor& t, int rank) {
  require(!t.empty(), "{}: {} is absent; expected {} dimensions", op, operand, rank);
  require(t.rank() == rank, "{}: {} is {}; expected {} dimensions", op, operand, to_string(t), rank);
}

inline void expect_dtype(std::string_view op, std::string_view operand, const ConstTensor& t, DType dtype) {
  require(t.dtype() == dtype, "{}: {} is {}; expected {}", op, operand, to_string(t), name_of(dtype));
}

// A float type; operations compute in the type of their first operand, which all others share.
inline void expect_float(std::string_view op, std::string_view operand, const ConstTensor& t) {
  require(is_float(t.dtype()), "{}: {} is {}; expected f32 or f64", op, operand, to_string(t));
}

}  // namespace millet::ops
