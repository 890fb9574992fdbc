// How reference kernels touch memory: elements by index, in double, at the distance the device says.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "millet/core/context.h"
#include "millet/core/tensor.h"
#include "millet/ops/reference/device.h"

namespace millet::ops::reference {

// Reads. `x(t, h)` is element [t, h] in double, whatever float type is stored; `ids.index(t)` an i32.
class ConstView {
 public:
  ConstView(Context& ctx, const ConstTensor& t)
      : data_(t.empty() ? nullptr
                        : static_cast<const char*>(t.data()) + static_cast<ReferenceDevice&>(ctx.device()).distance()),
        dtype_(t.dtype()),
        rank_(t.rank()) {
    for (int d = 0; d < rank_; ++d) {
      sizes_[d] = t.size(d);
      strides_[d] = t.stride(d);
    }
  }

  explicit operator bool() const { return data_ != nullptr; }  // is the tensor there?
  int64_t size(int dim) const { return sizes_[dim < 0 ? dim + rank_ : dim]; }

  template <class... Index>
  double operator()(Index... index) const {
    const int64_t at = offset(index...);
    if (dtype_ == DType::f64) return reinterpret_cast<const double*>(data_)[at];
    assert(dtype_ == DType::f32);
    return static_cast<double>(reinterpret_cast<const float*>(data_)[at]);
  }

  template <class... Index>
  int64_t index(Index... index) const {
    assert(dtype_ == DType::i32);
    return reinterpret_cast<const int32_t*>(data_)[offset(index...)];
  }

 protected:
  friend class View;

  template <class... Index>
  int64_t offset(Index... index) const {
    assert(sizeof...(index) == static_cast<size_t>(rank_));
    const int64_t indices[] = {static_cast<int64_t>(index)..., 0};
    int64_t at = 0;
    for (int d = 0; d < rank_; ++d) {
      assert(indices[d] >= 0 && indices[d] < sizes_[d]);
      at += indices[d] * strides_[d];
    }
    return at;
  }

  const char* data_;
  DType dtype_;
  int rank_;
  int64_t sizes_[kMaxRank] = {};
  int64_t strides_[kMaxRank] = {};
};

// Writes as well: rounds once, to the tensor's type.
class View : public ConstView {
 public:
  View(Context& ctx, const Tensor& t) : ConstView(ctx, t) {}

  template <class... Index>
  void set(double value, Index... index) const {
    const int64_t at = offset(index...);
    char* data = const_cast<char*>(data_);
    if (dtype_ == DType::f64) {
      reinterpret_cast<double*>(data)[at] = value;
    } else {
      assert(dtype_ == DType::f32);
      reinterpret_cast<float*>(data)[at] = static_cast<float>(value);
    }
  }

  // The element of `from` at the same indices, byte by byte: any type, both of the same.
  template <class... Index>
  void set_element(const ConstView& from, Index... index) const {
    assert(dtype_ == from.dtype_);
    const int64_t bytes = bytes_of(dtype_);
    std::memmove(const_cast<char*>(data_) + offset(index...) * bytes, from.data_ + from.offset(index...) * bytes,
                 static_cast<size_t>(bytes));
  }

  template <class... Index>
  void set_index(int64_t value, Index... index) const {
    assert(dtype_ == DType::i32);
    reinterpret_cast<int32_t*>(const_cast<char*>(data_))[offset(index...)] = static_cast<int32_t>(value);
  }
};

}  // namespace millet::ops::reference
