// What the public operations check before a back end sees their arguments.
#pragma once

#include <cmath>
#include <cstdint>
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

// What back ends check of the values that `sample` is given, row by row: the two of them refuse alike. NaN fails too.
inline void expect_sample_options(int64_t row, double temperature, int64_t top_k, double top_p, double uniform) {
  if (temperature >= 0 && top_k >= 0 && top_p > 0 && top_p <= 1 && uniform >= 0 && uniform < 1) return;
  require(temperature >= 0, "sample: temperature[{}] is {}; it must not be negative", row, temperature);
  require(top_k >= 0, "sample: top_k[{}] is {}; expected a count, or 0 for all tokens", row, top_k);
  require(top_p > 0 && top_p <= 1, "sample: top_p[{}] is {}; it must be above 0 and at most 1", row, top_p);
  fail("sample: uniform[{}] is {}; it must be in [0, 1)", row, uniform);
}

// `value`: the largest logit, or the sum of all weights, of a row.
inline void expect_finite_logits(int64_t row, double value) {
  require(std::isfinite(value), "sample: the logits of row {} are not finite; the model has diverged", row);
}

}  // namespace millet::ops
