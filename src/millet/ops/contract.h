// What the public operations check before a back end sees their arguments.
#pragma once

#include <string_view>

#include "millet/core/error.h"
#include "millet/core/tensor.h"

namespace millet::ops {

// NOTE: not `require`, whose arguments are evaluated before it looks: a to_string each would cost more than a small
// operation itself.

// The operand is there and has this shape. Throws Error: "gemm_nt: w is f32 [3, 5]; expected [3, 4]".
inline void expect_shape(std::string_view op, std::string_view operand, const ConstTensor& t, const Shape& shape) {
  if (t.empty()) [[unlikely]]
    fail("{}: {} is absent; expected {}", op, operand, to_string(shape));
  if (!(t.shape() == shape)) [[unlikely]]
    fail("{}: {} is {}; expected {}", op, operand, to_string(t), to_string(shape));
}

inline void expect_rank(std::string_view op, std::string_view operand, const ConstTensor& t, int rank) {
  if (t.empty()) [[unlikely]]
    fail("{}: {} is absent; expected {} dimensions", op, operand, rank);
  if (t.rank() != rank) [[unlikely]]
    fail("{}: {} is {}; expected {} dimensions", op, operand, to_string(t), rank);
}

inline void expect_dtype(std::string_view op, std::string_view operand, const ConstTensor& t, DType dtype) {
  if (t.dtype() != dtype) [[unlikely]]
    fail("{}: {} is {}; expected {}", op, operand, to_string(t), name_of(dtype));
}

// Shape and type at once.
inline void expect(std::string_view op, std::string_view operand, const ConstTensor& t, const Shape& shape,
                   DType dtype) {
  expect_shape(op, operand, t, shape);
  expect_dtype(op, operand, t, dtype);
}

// A float type; operations compute in the type of their first operand, which all others share.
inline void expect_float(std::string_view op, std::string_view operand, const ConstTensor& t) {
  if (!is_float(t.dtype())) [[unlikely]]
    fail("{}: {} is {}; expected f32 or f64", op, operand, to_string(t));
}

}  // namespace millet::ops
