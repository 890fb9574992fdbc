#include "millet/ops/reference/device.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <iterator>
#include <new>

#include "millet/core/error.h"
#include "millet/ops/reference/table.h"

namespace millet::ops::reference {

static constexpr std::align_val_t kAlignment{64};

ReferenceDevice::ReferenceDevice() : ReferenceDevice("reference", 0) {}

ReferenceDevice::ReferenceDevice(std::string_view name, std::ptrdiff_t distance)
    : distance_(distance), operations_(table()) {
  operations_.name = name;
}

void* ReferenceDevice::allocate(size_t bytes) {
  void* address = ::operator new(bytes == 0 ? 1 : bytes, kAlignment, std::nothrow);
  if (address == nullptr)
    fail_own("{}: the system has no {:.3f} GB of memory left", name(), static_cast<double>(bytes) * 1e-9);
  return address;
}

void ReferenceDevice::release(void* address, size_t) noexcept {
  ::operator delete(address, kAlignment);
}

void ReferenceDevice::copy_from_host(void* to, const void* from, size_t bytes) {
  std::memcpy(static_cast<char*>(to) + distance_, from, bytes);
}

void ReferenceDevice::copy_to_host(void* to, const void* from, size_t bytes) {
  std::memcpy(to, static_cast<const char*>(from) + distance_, bytes);
}

void ReferenceDevice::copy(void* to, const void* from, size_t bytes) {
  std::memmove(static_cast<char*>(to) + distance_, static_cast<const char*>(from) + distance_, bytes);
}

void ReferenceDevice::zero(void* address, size_t bytes) {
  std::memset(static_cast<char*>(address) + distance_, 0, bytes);
}

// Address space of the fenced region. The file behind it is sparse: memory is taken where it is written.
static constexpr size_t kRegion = size_t{64} << 30;
// Blocks of this size and more give their memory back when released.
static constexpr size_t kPunch = size_t{1} << 20;

FenceDevice::FenceDevice() : ReferenceDevice("fence", 0) {
  file_ = ::memfd_create("millet-fence", MFD_CLOEXEC);
  void* fenced = MAP_FAILED;
  void* readable = MAP_FAILED;
  if (file_ >= 0 && ::ftruncate(file_, static_cast<off_t>(kRegion)) == 0) {
    fenced = ::mmap(nullptr, kRegion, PROT_NONE, MAP_SHARED | MAP_NORESERVE, file_, 0);
    readable = ::mmap(nullptr, kRegion, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file_, 0);
  }
  if (fenced == MAP_FAILED || readable == MAP_FAILED) {
    if (fenced != MAP_FAILED) ::munmap(fenced, kRegion);
    if (file_ >= 0) ::close(file_);
    fail_own("fence: the system does not map a memory file of {} GiB of addresses twice: {}", kRegion >> 30,
             std::strerror(errno));
  }
  fenced_ = static_cast<char*>(fenced);
  readable_ = static_cast<char*>(readable);
  distance_ = readable_ - fenced_;
  free_[0] = kRegion;
}

FenceDevice::~FenceDevice() {
  ::munmap(fenced_, kRegion);
  ::munmap(readable_, kRegion);
  ::close(file_);
}

static size_t block_bytes(size_t bytes) {
  return ((bytes == 0 ? 1 : bytes) + 63) & ~size_t{63};
}

void* FenceDevice::allocate(size_t bytes) {
  const size_t wanted = block_bytes(bytes);
  for (auto block = free_.begin(); block != free_.end(); ++block) {  // the first that fits
    const auto [first, size] = *block;
    if (size < wanted) continue;
    free_.erase(block);
    if (size > wanted) free_[first + wanted] = size - wanted;
    return fenced_ + first;
  }
  fail_own("fence: its region of {} GiB has no {} bytes in one piece left", kRegion >> 30, bytes);
}

void FenceDevice::release(void* address, size_t bytes) noexcept {
  const auto first = static_cast<size_t>(static_cast<char*>(address) - fenced_);
  const size_t size = block_bytes(bytes);
  if (size >= kPunch) {
    const size_t page = 4096, from = (first + page - 1) / page * page, to = (first + size) / page * page;
    ::fallocate(file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                static_cast<off_t>(to - from));
  }
  auto block = free_.emplace(first, size).first;
  if (const auto next = std::next(block); next != free_.end() && first + size == next->first) {
    block->second += next->second;
    free_.erase(next);
  }
  if (block != free_.begin()) {
    const auto previous = std::prev(block);
    if (previous->first + previous->second == first) {
      previous->second += block->second;
      free_.erase(block);
    }
  }
}

}  // namespace millet::ops::reference
