#include "millet/core/buffer.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/core/error.h"
#include "tests/core/host_device.h"

using namespace millet;

TEST_CASE("a buffer is zero-filled, unless asked for raw, and gives its memory back") {
  HostDevice device;
  {
    const Buffer zeros(device, 16);
    CHECK(to_host<uint8_t>(device, zeros.tensor(DType::u8, {16})) == std::vector<uint8_t>(16, 0));
    const Buffer raw(device, 16, Fill::none);
    CHECK(to_host<uint8_t>(device, raw.tensor(DType::u8, {16})) == std::vector<uint8_t>(16, 0xCD));
    CHECK(device.live_bytes == 32);
  }
  CHECK(device.live_bytes == 0);
}

TEST_CASE("moving hands over, and frees what was there before") {
  HostDevice device;
  Buffer a(device, 8), b(device, 24);
  void* const kept = b.data();
  a = std::move(b);
  CHECK(device.live_bytes == 24);
  CHECK(a.data() == kept);
  CHECK(a.bytes() == 24);
  CHECK(b.empty());
  CHECK(b.bytes() == 0);
  Buffer c(std::move(a));
  CHECK(c.data() == kept);
  Buffer& same = c;
  c = std::move(same);
  CHECK(c.data() == kept);
  c = Buffer();
  CHECK(device.live_bytes == 0);
}

TEST_CASE("a copy has the same bytes elsewhere") {
  HostDevice device;
  const Buffer a(device, 12);
  from_host<float>(device, {1, 2, 3}, a.tensor(DType::f32, {3}));
  const Buffer b = a.copy();
  CHECK(b.data() != a.data());
  CHECK(to_host<float>(device, b.tensor(DType::f32, {3})) == std::vector<float>{1, 2, 3});
  CHECK(Buffer().copy().empty());
}

TEST_CASE("memory that is short leaves nothing behind") {
  HostDevice device;
  device.limit = 100;
  CHECK_THROWS_AS(Buffer(device, 200), Error);
  CHECK(device.live_bytes == 0);
}

TEST_CASE("copies to and from the host refuse other dtypes, gaps, sizes and absent tensors") {
  HostDevice device;
  const Buffer memory(device, 32);
  const Tensor t = memory.tensor(DType::f32, {2, 4});
  CHECK_THROWS_WITH_AS(to_host<int32_t>(device, t), "copy to host: f32 [2, 4] is not a dense i32", Error);
  CHECK_THROWS_WITH_AS(to_host<float>(device, t.slice(1, 0, 2)), "copy to host: f32 [2, 2] is not a dense f32", Error);
  CHECK_THROWS_WITH_AS(to_host<float>(device, Tensor()), "copy to host: the tensor is absent", Error);
  CHECK_THROWS_WITH_AS(from_host<float>(device, {1, 2}, t), "copy from host: 2 values do not fill f32 [2, 4]", Error);
  CHECK_THROWS_AS(from_host<float>(device, {1}, Tensor()), Error);
  CHECK_THROWS_AS(from_host<double>(device, std::vector<double>(8), t), Error);
  CHECK(to_host<float>(device, t.slice(1, 0, 2).rows(0, 0)).empty());
}
