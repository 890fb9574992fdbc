// A device: memory, and the table of operations that run on it. Each back end in ops/ implements it.
#pragma once

#include <cstddef>
#include <string_view>

namespace millet {

class Device {
 public:
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  virtual std::string_view name() const = 0;  // "cpu", "reference", "fence"

  // Memory aligned to 64 bytes, contents undefined. Throws Error (own) when it is short. Zero bytes give a valid
  // address.
  virtual void* allocate(size_t bytes) = 0;
  virtual void release(void* address, size_t bytes) noexcept = 0;

  virtual void copy_from_host(void* to, const void* from, size_t bytes) = 0;
  virtual void copy_to_host(void* to, const void* from, size_t bytes) = 0;
  virtual void copy(void* to, const void* from, size_t bytes) = 0;  // within the device
  virtual void zero(void* address, size_t bytes) = 0;

  // May tensors point straight at host memory (a mapped file)?
  virtual bool reads_host_memory() const = 0;

  // The back end's ops::Backend; only ops/backend.h knows the type.
  virtual const void* operations() const = 0;

 protected:
  Device() = default;
};

}  // namespace millet
