#include "millet/core/tensor.h"

#include <doctest/doctest.h>

#include <vector>

#include "millet/core/error.h"

using namespace millet;

TEST_CASE("a shape counts its elements and compares by rank and size") {
  CHECK(Shape{}.elements() == 1);  // a scalar
  CHECK(Shape{2, 3, 4}.elements() == 24);
  CHECK(Shape{5, 0}.elements() == 0);
  CHECK(Shape{2, 3}[-1] == 3);
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK_FALSE(Shape{2, 3} == Shape{2, 3, 1});
  CHECK(to_string(Shape{2, 3}) == "[2, 3]");
  CHECK(to_string(Shape{}) == "[]");
}

TEST_CASE("impossible shapes are refused") {
  CHECK_THROWS_WITH_AS((Shape{1, 2, 3, 4, 5}), "shape: 5 dimensions, at most 4 are supported", Error);
  CHECK_THROWS_WITH_AS((Shape{3, -1}), "shape: dimension 1 is -1, it must not be negative", Error);
  const Shape huge{int64_t{1} << 40, int64_t{1} << 40};
  CHECK_THROWS_WITH_AS(huge.elements(), "shape: [1099511627776, 1099511627776] has more elements than memory can hold",
                       Error);
  CHECK_THROWS_AS(ConstTensor(nullptr, DType::f32, huge), Error);
  CHECK(Shape{int64_t{1} << 40, int64_t{1} << 40, 0}.elements() == 0);
}

TEST_CASE("a default tensor is absent, a tensor of no rows is not") {
  std::vector<float> memory(1);
  CHECK(Tensor().empty());
  CHECK_FALSE(Tensor(memory.data(), DType::f32, {0, 4}).empty());
}

TEST_CASE("views address what they say") {
  std::vector<float> memory(24);
  const Tensor t(memory.data(), DType::f32, {2, 3, 4});
  CHECK(t.bytes() == 96);
  CHECK(t.stride(0) == 12);
  CHECK(t.stride(-1) == 1);
  CHECK(t.rows(1, 1).data() == memory.data() + 12);
  CHECK(t.select(1).shape() == Shape{3, 4});
  CHECK(t.select(1).select(2).data() == memory.data() + 20);
  CHECK(t.select(1).select(2).select(3).rank() == 0);
  const Tensor part = t.slice(-1, 1, 2);
  CHECK(part.shape() == Shape{2, 3, 2});
  CHECK(part.data() == memory.data() + 1);
  CHECK(part.stride(1) == 4);
  CHECK(part.select(1).slice(0, 1, 2).data() == memory.data() + 17);
  CHECK(t.reshape({6, 4}).stride(0) == 4);
}

TEST_CASE("dense means without gaps, whatever the strides of single or no rows") {
  std::vector<float> memory(24);
  const Tensor t(memory.data(), DType::f32, {6, 4});
  CHECK(t.dense());
  CHECK(t.rows(2, 3).dense());
  CHECK_FALSE(t.slice(1, 0, 2).dense());
  CHECK(t.rows(1, 1).slice(1, 0, 2).dense());
  CHECK(t.slice(1, 0, 2).rows(0, 0).dense());
  CHECK_FALSE(Tensor(memory.data(), DType::f32, {2, 4}, {8, 1}).dense());
}

TEST_CASE("a tensor is written with its dtype and shape") {
  std::vector<int32_t> memory(6);
  CHECK(to_string(Tensor(memory.data(), DType::i32, {2, 3})) == "i32 [2, 3]");
}
