// Owned memory on a device. Moves, never copies silently.
#pragma once

#include <cstdint>
#include <vector>

#include "millet/core/device.h"
#include "millet/core/tensor.h"

namespace millet {

class Buffer {
 public:
  Buffer() = default;
  Buffer(Device& device, int64_t bytes);  // zero-filled
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();

  bool empty() const { return data_ == nullptr; }
  void* data() const { return data_; }
  int64_t bytes() const { return bytes_; }
  Buffer copy() const;  // costs one pass over the memory

  Tensor tensor(DType dtype, const Shape& shape) const;  // over its start; must fit

 private:
  void reset() noexcept;

  Device* device_ = nullptr;
  void* data_ = nullptr;
  int64_t bytes_ = 0;
};

// Explicit copies between a device's tensor and the host. Dense tensors only; dtypes must agree.
template <class T>
std::vector<T> to_host(Device& device, const ConstTensor& from);
template <class T>
void from_host(Device& device, const std::vector<T>& from, const Tensor& to);

}  // namespace millet
