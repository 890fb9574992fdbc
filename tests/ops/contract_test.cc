#include "millet/ops/contract.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace millet;

static std::vector<float> memory(12);
static const Tensor matrix(memory.data(), DType::f32, {3, 4});

TEST_CASE("an operand of another shape, rank or type is refused with both named") {
  CHECK_NOTHROW(ops::expect("norm", "x", matrix, {3, 4}, DType::f32));
  CHECK_THROWS_WITH_AS(ops::expect_shape("norm", "x", matrix, {3, 5}), "norm: x is f32 [3, 4]; expected [3, 5]", Error);
  CHECK_THROWS_WITH_AS(ops::expect_rank("norm", "x", matrix, 1), "norm: x is f32 [3, 4]; expected 1 dimensions", Error);
  CHECK_THROWS_WITH_AS(ops::expect_dtype("norm", "x", matrix, DType::i32), "norm: x is f32 [3, 4]; expected i32",
                       Error);
  CHECK_THROWS_AS(ops::expect("norm", "x", matrix, {3, 4}, DType::f64), Error);
}

TEST_CASE("an absent operand is refused as such") {
  CHECK_THROWS_WITH_AS(ops::expect_shape("norm", "weight", Tensor(), {4}), "norm: weight is absent; expected [4]",
                       Error);
  CHECK_THROWS_WITH_AS(ops::expect_rank("norm", "x", Tensor(), 2), "norm: x is absent; expected 2 dimensions", Error);
}

TEST_CASE("only f32 and f64 are float types") {
  CHECK_NOTHROW(ops::expect_float("norm", "x", matrix));
  CHECK_THROWS_AS(ops::expect_float("norm", "x", Tensor(memory.data(), DType::i32, {12})), Error);
}

TEST_CASE("sampling options outside of their range are refused, not-a-number too") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_NOTHROW(ops::expect_sample_options(0, 0, 0, 1, 0));
  CHECK_NOTHROW(ops::expect_sample_options(0, 1.5, 40, 0.9, 0.999));
  CHECK_THROWS_AS(ops::expect_sample_options(0, -1, 0, 1, 0), Error);
  CHECK_THROWS_AS(ops::expect_sample_options(0, nan, 0, 1, 0), Error);
  CHECK_THROWS_AS(ops::expect_sample_options(0, 1, -1, 1, 0), Error);
  CHECK_THROWS_AS(ops::expect_sample_options(0, 1, 0, 0, 0), Error);
  CHECK_THROWS_AS(ops::expect_sample_options(0, 1, 0, 1.1, 0), Error);
  CHECK_THROWS_AS(ops::expect_sample_options(0, 1, 0, 1, 1), Error);
  CHECK_THROWS_AS(ops::expect_sample_options(0, 1, 0, 1, nan), Error);
  CHECK_THROWS_AS(ops::expect_finite_logits(3, nan), Error);
  CHECK_THROWS_AS(ops::expect_finite_logits(3, -std::numeric_limits<double>::infinity()), Error);
}
