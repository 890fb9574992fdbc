#include "millet/core/tensor.h"

#include "millet/core/error.h"

namespace millet {

Shape::Shape(std::initializer_list<int64_t> sizes) : Shape(std::span<const int64_t>(sizes.begin(), sizes.size())) {}

Shape::Shape(std::span<const int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
  require(rank_ <= kMaxRank, "shape: {} dimensions, at most {} are supported", rank_, kMaxRank);
  for (int d = 0; d < rank_; ++d) {
    const int64_t size = sizes[static_cast<size_t>(d)];
    require(size >= 0, "shape: dimension {} is {}, it must not be negative", d, size);
    sizes_[static_cast<size_t>(d)] = size;
  }
}

int64_t Shape::elements() const {
  int64_t product = 1;
  bool fits = true;
  for (int d = 0; d < rank_; ++d) {
    const int64_t size = sizes_[static_cast<size_t>(d)];
    if (size == 0) return 0;
    fits = fits && !__builtin_mul_overflow(product, size, &product);
  }
  // NOTE: not `require`, which would format the shape before it looks; this is asked many times an operation.
  if (!fits || product > INT64_MAX / bytes_of(DType::f64)) [[unlikely]]
    fail("shape: {} has more elements than memory can hold", to_string(*this));
  return product;
}

bool Shape::operator==(const Shape& other) const {
  if (rank_ != other.rank_) return false;
  for (int d = 0; d < rank_; ++d) {
    if ((*this)[d] != other[d]) return false;
  }
  return true;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (int d = 0; d < shape.rank(); ++d) text += fmt::format("{}{}", d ? ", " : "", shape[d]);
  return text + "]";
}

static Shape dense_strides(const Shape& shape) {
  shape.elements();  // throws where the products below would overflow; without elements they may, and nobody asks
  Shape strides = shape;
  int64_t step = 1;
  for (int d = shape.rank() - 1; d >= 0; --d) {
    strides[d] = step;
    (void)__builtin_mul_overflow(step, shape[d], &step);
  }
  return strides;
}

ConstTensor::ConstTensor(const void* data, DType dtype, const Shape& shape)
    : data_(data), dtype_(dtype), shape_(shape), strides_(dense_strides(shape)) {}

ConstTensor::ConstTensor(const void* data, DType dtype, const Shape& shape, const Shape& strides)
    : data_(data), dtype_(dtype), shape_(shape), strides_(strides) {
  assert(shape.rank() == strides.rank());
  assert(shape.rank() == 0 || strides[-1] == 1);
}

bool ConstTensor::dense() const {
  if (elements() == 0) return true;
  int64_t step = 1;
  for (int d = rank() - 1; d >= 0; --d) {
    if (shape_[d] != 1 && strides_[d] != step) return false;
    step *= shape_[d];
  }
  return true;
}

ConstTensor ConstTensor::slice(int dim, int64_t first, int64_t count) const {
  if (dim < 0) dim += rank();
  assert(dim >= 0 && dim < rank() && first >= 0 && count >= 0 && first + count <= shape_[dim]);
  ConstTensor view = *this;
  view.shape_[dim] = count;
  view.data_ = static_cast<const char*>(data_) + first * strides_[dim] * bytes_of(dtype_);
  return view;
}

ConstTensor ConstTensor::select(int64_t index) const {
  assert(rank() >= 1 && index >= 0 && index < shape_[0]);
  std::array<int64_t, kMaxRank> sizes{}, strides{};
  for (int d = 1; d < rank(); ++d) {
    sizes[static_cast<size_t>(d - 1)] = shape_[d];
    strides[static_cast<size_t>(d - 1)] = strides_[d];
  }
  const auto rest = static_cast<size_t>(rank() - 1);
  return {static_cast<const char*>(data_) + index * strides_[0] * bytes_of(dtype_), dtype_,
          Shape(std::span<const int64_t>(sizes.data(), rest)), Shape(std::span<const int64_t>(strides.data(), rest))};
}

ConstTensor ConstTensor::reshape(const Shape& shape) const {
  assert(dense() && shape.elements() == elements());
  return {data_, dtype_, shape};
}

std::string to_string(const ConstTensor& t) {
  return fmt::format("{} {}", name_of(t.dtype()), to_string(t.shape()));
}

}  // namespace millet
