// Owned memory on a device. Moves, never copies silently.
#pragma once

#include <cstdint>
#include <vector>

#include "millet/core/device.h"
#include "millet/core/tensor.h"

namespace millet {

enum class Fill : unsigned char { zero, none };  // none: contents undefined, pages untouched

class Buffer {
 public:
  Buffer() = default;
  Buffer(Device& device, int64_t bytes, Fill fill = Fill::zero);
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();

  bool empty() const { return data_ == nullptr; }
  void* data() const { return data_; }
  int64_t bytes() const { return bytes_; }
  Buffer copy() const;  // costs one pass over the memory

  // What a buffer of so many bytes takes from the system at most: small ones have an allocator's mark, large ones whole
  // pages.
  static int64_t footprint(int64_t bytes) { return bytes + (bytes < (1 << 17) ? 128 : 8192); }

  Tensor tensor(DType dtype, const Shape& shape) const;  // over its start; must fit

 private:
  void reset() noexcept;

  Device* device_ = nullptr;
  void* data_ = nullptr;
  int64_t bytes_ = 0;
};

// Explicit copies between a device's tensor and the host. Throws Error unless the tensor is there, dense, and of the
// same dtype and number of elements.
template <class T>
std::vector<T> to_host(Device& device, const ConstTensor& from);
template <class T>
void from_host(Device& device, const std::vector<T>& from, const Tensor& to);

}  // namespace millet
