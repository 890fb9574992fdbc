#include "millet/core/buffer.h"

#include <utility>

#include "millet/core/error.h"

namespace millet {

Buffer::Buffer(Device& device, int64_t bytes, Fill fill) : Buffer() {  // delegates: what follows may throw
  assert(bytes >= 0);
  data_ = device.allocate(static_cast<size_t>(bytes));
  device_ = &device;
  bytes_ = bytes;
  if (fill == Fill::zero) device.zero(data_, static_cast<size_t>(bytes));
}

Buffer::Buffer(Buffer&& other) noexcept
    : device_(std::exchange(other.device_, nullptr)),
      data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  if (this != &other) {
    reset();
    device_ = std::exchange(other.device_, nullptr);
    data_ = std::exchange(other.data_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

Buffer::~Buffer() {
  reset();
}

void Buffer::reset() noexcept {
  if (data_ != nullptr) device_->release(data_, static_cast<size_t>(bytes_));
  data_ = nullptr;
}

Buffer Buffer::copy() const {
  if (empty()) return {};
  Buffer twin(*device_, bytes_, Fill::none);
  device_->copy(twin.data_, data_, static_cast<size_t>(bytes_));
  return twin;
}

Tensor Buffer::tensor(DType dtype, const Shape& shape) const {
  assert(shape.elements() * bytes_of(dtype) <= bytes_);
  return {data_, dtype, shape};
}

template <class T>
std::vector<T> to_host(Device& device, const ConstTensor& from) {
  require(!from.empty(), "copy to host: the tensor is absent");
  // NOTE: not `require`, which would format the tensor before it looks; copies are made many times a step.
  if (from.dtype() != DTypeOf<T>::value || !from.dense()) [[unlikely]]
    fail("copy to host: {} is not a dense {}", to_string(from), name_of(DTypeOf<T>::value));
  std::vector<T> to(static_cast<size_t>(from.elements()));
  if (!to.empty()) device.copy_to_host(to.data(), from.data(), to.size() * sizeof(T));
  return to;
}

template <class T>
void from_host(Device& device, const std::vector<T>& from, const Tensor& to) {
  require(!to.empty(), "copy from host: the tensor is absent");
  if (to.dtype() != DTypeOf<T>::value || !to.dense() || to.elements() != static_cast<int64_t>(from.size())) [[unlikely]]
    fail("copy from host: {} values do not fill {}", from.size(), to_string(to));
  if (!from.empty()) device.copy_from_host(to.data(), from.data(), from.size() * sizeof(T));
}

template std::vector<float> to_host<float>(Device&, const ConstTensor&);
template std::vector<double> to_host<double>(Device&, const ConstTensor&);
template std::vector<int32_t> to_host<int32_t>(Device&, const ConstTensor&);
template std::vector<uint8_t> to_host<uint8_t>(Device&, const ConstTensor&);
template void from_host<float>(Device&, const std::vector<float>&, const Tensor&);
template void from_host<double>(Device&, const std::vector<double>&, const Tensor&);
template void from_host<int32_t>(Device&, const std::vector<int32_t>&, const Tensor&);
template void from_host<uint8_t>(Device&, const std::vector<uint8_t>&, const Tensor&);

}  // namespace millet
