// The CPU as a device: memory, and the kernels of one instruction-set level.
#pragma once

#include "millet/core/context.h"
#include "millet/core/device.h"
#include "millet/core/tensor.h"
#include "millet/ops/backend.h"
#include "millet/ops/cpu/isa.h"

namespace millet::ops::cpu {

class CpuDevice final : public Device {
 public:
  explicit CpuDevice(Isa isa);

  std::string_view name() const override { return "cpu"; }
  void* allocate(size_t bytes) override;
  void release(void* address, size_t bytes) noexcept override;
  void copy_from_host(void* to, const void* from, size_t bytes) override;
  void copy_to_host(void* to, const void* from, size_t bytes) override;
  void copy(void* to, const void* from, size_t bytes) override;
  void zero(void* address, size_t bytes) override;
  bool reads_host_memory() const override { return true; }
  const void* operations() const override { return &operations_; }

  Isa isa() const { return isa_; }
  const KernelTable& kernels() const { return kernels_; }

 private:
  Isa isa_;
  const KernelTable& kernels_;
  Backend operations_;
};

// The kernels of the context's device, which must be a CpuDevice: rows of the CPU's table are called with no other.
const KernelTable& kernels(Context&);

// The elements of an operand. Throws Error naming operation and operand if it is not f32: these kernels compute in
// nothing else (the reference takes f64 too).
const float* f32(const ConstTensor&, std::string_view op, std::string_view operand);
float* f32(const Tensor&, std::string_view op, std::string_view operand);

}  // namespace millet::ops::cpu
