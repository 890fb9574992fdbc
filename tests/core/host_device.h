// The smallest device: host memory, no operations. Counts what it gives, and gives it dirty.
#pragma once

#include <cstdlib>
#include <cstring>

#include "millet/core/device.h"
#include "millet/core/error.h"

namespace millet {

class HostDevice final : public Device {
 public:
  std::string_view name() const override { return "host"; }

  void* allocate(size_t bytes) override {
    if (live_bytes + bytes > limit) fail_own("host: {} bytes do not fit", bytes);
    void* address = std::aligned_alloc(64, (bytes / 64 + 1) * 64);
    std::memset(address, 0xCD, bytes);
    live_bytes += bytes;
    allocations += 1;
    return address;
  }
  void release(void* address, size_t bytes) noexcept override {
    std::free(address);
    live_bytes -= bytes;
  }
  void copy_from_host(void* to, const void* from, size_t bytes) override { std::memcpy(to, from, bytes); }
  void copy_to_host(void* to, const void* from, size_t bytes) override { std::memcpy(to, from, bytes); }
  void copy(void* to, const void* from, size_t bytes) override { std::memcpy(to, from, bytes); }
  void zero(void* address, size_t bytes) override { std::memset(address, 0, bytes); }
  bool reads_host_memory() const override { return true; }
  const void* operations() const override { return nullptr; }

  size_t live_bytes = 0;
  int allocations = 0;
  size_t limit = size_t{1} << 30;
};

}  // namespace millet
