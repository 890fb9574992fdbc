// Views of tensor memory: ConstTensor reads, Tensor writes. By value, owning nothing (Buffer and Arena own).
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "millet/core/dtype.h"

namespace millet {

constexpr int kMaxRank = 4;

// Extents of a tensor, outermost first.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes);
  explicit Shape(std::span<const int64_t> sizes);

  int rank() const { return rank_; }
  int64_t operator[](int dim) const { return sizes_[static_cast<size_t>(dim < 0 ? dim + rank_ : dim)]; }
  int64_t& operator[](int dim) { return sizes_[static_cast<size_t>(dim < 0 ? dim + rank_ : dim)]; }
  int64_t elements() const;  // throws Error where their bytes would not fit 63 bits
  bool operator==(const Shape& other) const;

 private:
  int rank_ = 0;
  std::array<int64_t, kMaxRank> sizes_{};
};

std::string to_string(const Shape& shape);  // "[3, 128]"

// A view of row-major memory on some device: the last dimension is dense, leading strides are free. The address is
// the device's: only operations and Device's copies may follow it. Default-constructed: absent (`empty()`).
class ConstTensor {
 public:
  ConstTensor() = default;
  ConstTensor(const void* data, DType dtype, const Shape& shape);                        // dense
  ConstTensor(const void* data, DType dtype, const Shape& shape, const Shape& strides);  // strides in elements

  bool empty() const { return data_ == nullptr; }  // absent; a tensor of zero rows is not absent
  const void* data() const { return data_; }
  DType dtype() const { return dtype_; }
  int rank() const { return shape_.rank(); }
  const Shape& shape() const { return shape_; }
  int64_t size(int dim) const { return shape_[dim]; }
  int64_t stride(int dim) const { return strides_[dim]; }
  int64_t elements() const { return shape_.elements(); }
  int64_t bytes() const { return elements() * bytes_of(dtype_); }  // of its elements, gaps left out
  bool dense() const;

  ConstTensor slice(int dim, int64_t first, int64_t count) const;
  ConstTensor rows(int64_t first, int64_t count) const { return slice(0, first, count); }
  ConstTensor select(int64_t index) const;        // drops dimension 0
  ConstTensor reshape(const Shape& shape) const;  // dense tensors only

 protected:
  const void* data_ = nullptr;
  DType dtype_ = DType::f32;
  Shape shape_;
  Shape strides_;
};

class Tensor : public ConstTensor {
 public:
  Tensor() = default;
  Tensor(void* data, DType dtype, const Shape& shape) : ConstTensor(data, dtype, shape) {}
  Tensor(void* data, DType dtype, const Shape& shape, const Shape& strides)
      : ConstTensor(data, dtype, shape, strides) {}

  void* data() const { return const_cast<void*>(data_); }

  Tensor slice(int dim, int64_t first, int64_t count) const { return Tensor(ConstTensor::slice(dim, first, count)); }
  Tensor rows(int64_t first, int64_t count) const { return slice(0, first, count); }
  Tensor select(int64_t index) const { return Tensor(ConstTensor::select(index)); }
  Tensor reshape(const Shape& shape) const { return Tensor(ConstTensor::reshape(shape)); }

 private:
  explicit Tensor(const ConstTensor& view) : ConstTensor(view) {}
};

std::string to_string(const ConstTensor& t);  // "f32 [3, 128]"

}  // namespace millet
