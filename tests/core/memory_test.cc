#include "millet/core/memory.h"

#include <doctest/doctest.h>
#include <sys/mman.h>

#include <cstring>

using namespace millet;

TEST_CASE("memory that is touched becomes resident, and is not any more when it is given back") {
  constexpr int64_t kBytes = int64_t{64} << 20;
  const int64_t before = resident_memory();
  REQUIRE(before > 0);
  // From the system itself: an allocator, a sanitizer's above all, may keep what it is given back.
  void* memory = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  std::memset(memory, 1, kBytes);
  CHECK(resident_memory() >= before + kBytes * 9 / 10);
  ::munmap(memory, kBytes);
  CHECK(resident_memory() < before + kBytes / 2);
}

TEST_CASE("the system has more free memory than this test needs, and less than a million gigabytes") {
  CHECK(available_memory() > (int64_t{1} << 20));
  CHECK(available_memory() < (int64_t{1} << 50));
}
