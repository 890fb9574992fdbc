#include "millet/ops/cpu/device.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "millet/core/error.h"
#include "millet/core/memory.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

// From here on memory is mapped by itself: it goes back to the system when released, so that a process never holds more
// than its tensors take.
static constexpr size_t kMapped = size_t{1} << 17;
// From here on in large pages where the system has them: a matrix product walks through it in strides that small pages
// serve badly.
static constexpr size_t kHuge = size_t{16} << 20;
static constexpr std::align_val_t kAlignment{64};

CpuDevice::CpuDevice(Isa isa) : isa_(isa), kernels_(kernels_of(isa)), operations_(table()) {
  operations_.instruction_set = description_of(isa);
}

void* CpuDevice::allocate(size_t bytes) {
  void* address = nullptr;
  if (bytes < kMapped) {
    address = ::operator new(bytes == 0 ? 1 : bytes, kAlignment, std::nothrow);
  } else {
    // Linux promises more memory than there is and kills later whoever touches it: ask before.
    const auto available = bytes >= kHuge ? static_cast<size_t>(available_memory()) : 0;
    if (available != 0 && bytes > available)
      fail_own("cpu: {:.1f} GB of memory are wanted and {:.1f} GB are free; use a smaller model or batch",
               static_cast<double>(bytes) * 1e-9, static_cast<double>(available) * 1e-9);
    address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED)
      address = nullptr;
    else if (bytes >= kHuge)
      ::madvise(address, bytes, MADV_HUGEPAGE);  // advice: small pages serve too
  }
  if (address == nullptr)
    fail_own("cpu: the system has no {:.3f} GB of memory left; use a smaller model or batch",
             static_cast<double>(bytes) * 1e-9);
  return address;
}

void CpuDevice::release(void* address, size_t bytes) noexcept {
  if (bytes < kMapped)
    ::operator delete(address, kAlignment);
  else
    ::munmap(address, bytes);
}

void CpuDevice::copy_from_host(void* to, const void* from, size_t bytes) {
  std::memcpy(to, from, bytes);
}

void CpuDevice::copy_to_host(void* to, const void* from, size_t bytes) {
  std::memcpy(to, from, bytes);
}

void CpuDevice::copy(void* to, const void* from, size_t bytes) {
  std::memmove(to, from, bytes);
}

void CpuDevice::zero(void* address, size_t bytes) {
  std::memset(address, 0, bytes);
}

const KernelTable& kernels(Context& ctx) {
  return static_cast<const CpuDevice&>(ctx.device()).kernels();
}

const float* f32(const ConstTensor& t, std::string_view op, std::string_view operand) {
  if (t.dtype() != DType::f32) [[unlikely]]
    fail("{}: {} is {}; the cpu computes in f32, only the reference in f64 too", op, operand, to_string(t));
  return static_cast<const float*>(t.data());
}

float* f32(const Tensor& t, std::string_view op, std::string_view operand) {
  return const_cast<float*>(f32(static_cast<const ConstTensor&>(t), op, operand));
}

}  // namespace millet::ops::cpu
