// Devices of the reference back end: plain memory, and memory fenced off from everything but operations.
#pragma once

#include <cstddef>
#include <map>

#include "millet/core/device.h"
#include "millet/ops/backend.h"

namespace millet::ops::reference {

// The specification: every operation in double, one thread, any float type.
class ReferenceDevice : public Device {
 public:
  ReferenceDevice();

  std::string_view name() const override { return operations_.name; }
  void* allocate(size_t bytes) override;
  void release(void* address, size_t bytes) noexcept override;
  void copy_from_host(void* to, const void* from, size_t bytes) final;
  void copy_to_host(void* to, const void* from, size_t bytes) final;
  void copy(void* to, const void* from, size_t bytes) final;
  void zero(void* address, size_t bytes) final;
  bool reads_host_memory() const override { return true; }
  const void* operations() const final { return &operations_; }

  // Bytes from an address that a tensor carries to the place where it can be read and written.
  std::ptrdiff_t distance() const { return distance_; }

 protected:
  ReferenceDevice(std::string_view name, std::ptrdiff_t distance);
  std::ptrdiff_t distance_ = 0;

 private:
  Backend operations_;
};

// The reference over one memory file mapped twice: tensors carry addresses of a view that nobody may read, operations
// add the constant distance to the readable one. Code that follows a tensor's address by itself crashes here, as it
// would with a GPU's memory.
class FenceDevice final : public ReferenceDevice {
 public:
  FenceDevice();
  ~FenceDevice() override;

  void* allocate(size_t bytes) override;
  void release(void* address, size_t bytes) noexcept override;
  bool reads_host_memory() const override { return false; }

 private:
  int file_ = -1;
  char* fenced_ = nullptr;
  char* readable_ = nullptr;
  std::map<size_t, size_t> free_;  // first byte → bytes; neighbours are joined
};

}  // namespace millet::ops::reference
