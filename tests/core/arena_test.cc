#include "millet/core/arena.h"

#include <doctest/doctest.h>

#include <cstring>

#include "millet/core/error.h"
#include "tests/core/host_device.h"

using namespace millet;

static bool overlap(const Tensor& a, const Tensor& b) {
  const char* const p = static_cast<const char*>(a.data());
  const char* const q = static_cast<const char*>(b.data());
  return p < q + b.bytes() && q < p + a.bytes();
}

TEST_CASE("tensors are aligned, apart, and stay where they are while the arena grows") {
  HostDevice device;
  Arena arena(device, 256);
  std::vector<Tensor> tensors;
  for (int64_t n = 1; n < 60; ++n) {
    tensors.push_back(arena.tensor(DType::f32, {n}));
    std::memset(tensors.back().data(), static_cast<int>(n), static_cast<size_t>(4 * n));
  }
  for (size_t i = 0; i < tensors.size(); ++i) {
    CHECK(reinterpret_cast<uintptr_t>(tensors[i].data()) % 64 == 0);
    for (size_t j = 0; j < i; ++j) CHECK_FALSE(overlap(tensors[i], tensors[j]));
    CHECK(static_cast<const unsigned char*>(tensors[i].data())[4 * i] == i + 1);
  }
}

TEST_CASE("zeros are zero in memory that was used before, and ids are uploaded") {
  HostDevice device;
  Arena arena(device);
  std::memset(arena.tensor(DType::f32, {16}).data(), 1, 64);
  arena.clear();
  CHECK(to_host<float>(device, arena.zeros(DType::f32, {16})) == std::vector<float>(16, 0));
  CHECK(to_host<int32_t>(device, arena.ids({5, -1, 7})) == std::vector<int32_t>{5, -1, 7});
  CHECK_FALSE(arena.ids({}).empty());
}

TEST_CASE("what a scope took is given back and used again, whatever blocks it opened") {
  HostDevice device;
  Arena arena(device, 256);
  const Tensor before = arena.tensor(DType::u8, {100});
  const void* first = nullptr;
  int allocations = 0;
  for (int round = 0; round < 5; ++round) {
    const ArenaScope scope(arena);
    const Tensor small = arena.tensor(DType::u8, {100});
    if (round == 0) first = small.data();
    CHECK(small.data() == first);
    for (const int64_t bytes : {3000, 10, 700, 100000}) CHECK_FALSE(overlap(before, arena.tensor(DType::u8, {bytes})));
    {
      const ArenaScope inner(arena);
      arena.tensor(DType::u8, {50});
    }
    if (round == 0) allocations = device.allocations;
  }
  CHECK(arena.used_bytes() == 128);
  CHECK(device.allocations == allocations);  // rounds after the first take nothing new
}

TEST_CASE("a tensor that does not fit opens a block of its own, and later ones use what is left behind it") {
  HostDevice device;
  Arena arena(device, 1024);
  arena.tensor(DType::u8, {64});
  arena.tensor(DType::u8, {5000});
  CHECK(device.allocations == 2);
  CHECK(arena.reserved_bytes() >= 1024 + 5000);
  arena.clear();
  CHECK(arena.used_bytes() == 0);
  arena.tensor(DType::u8, {4000});  // the first block is too small, the second is free
  CHECK(device.allocations == 2);
  CHECK(arena.peak_bytes() >= 64 + 5000);
}

TEST_CASE("memory that is short is an error after which the arena goes on") {
  HostDevice device;
  device.limit = 4096;
  Arena arena(device, 1024);
  const Arena::Mark mark = arena.mark();
  arena.tensor(DType::u8, {512});
  CHECK_THROWS_AS(arena.tensor(DType::u8, {100000}), Error);
  arena.release(mark);
  CHECK_NOTHROW(arena.tensor(DType::u8, {512}));
  CHECK(device.live_bytes == 1024);
}

TEST_CASE("an impossible shape is an error, not a small tensor") {
  HostDevice device;
  Arena arena(device);
  CHECK_THROWS_AS(arena.tensor(DType::f32, {int64_t{1} << 32, int64_t{1} << 32}), Error);
}

TEST_CASE("what was reserved is one block, and smaller wishes change nothing") {
  HostDevice device;
  Arena arena(device, 256);
  arena.tensor(DType::u8, {200});
  arena.tensor(DType::u8, {300});
  arena.clear();
  arena.reserve(10000);
  CHECK(arena.reserved_bytes() == 10000);
  CHECK(device.live_bytes == 10000);  // the blocks before went back
  arena.reserve(5000);
  const int allocations = device.allocations;
  for (int i = 0; i < 100; ++i) arena.tensor(DType::u8, {64});
  CHECK(device.allocations == allocations);
  CHECK(arena.used_bytes() == 6400);
  arena.tensor(DType::u8, {4000});  // beyond: the arena still grows
  CHECK(device.allocations == allocations + 1);
}

TEST_CASE("a footprint is what a tensor takes") {
  HostDevice device;
  for (const int64_t bytes : {0, 1, 63, 64, 65, 1000}) {
    Arena arena(device);
    arena.tensor(DType::u8, {bytes});
    CHECK(arena.used_bytes() == Arena::footprint(bytes));
  }
}
