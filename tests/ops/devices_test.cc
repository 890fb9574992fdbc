#include "millet/ops/devices.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "millet/core/error.h"
#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("every device keeps what is copied to it, aligned to 64 bytes") {
  for (const std::string& name : ops::devices_present()) {
    CAPTURE(name);
    const auto device = ops::make_device(name);
    for (const int64_t bytes : {int64_t{0}, int64_t{1}, int64_t{100}, int64_t{4096}, int64_t{17} << 20}) {
      const Buffer buffer(*device, bytes);
      CHECK(reinterpret_cast<uintptr_t>(buffer.data()) % 64 == 0);
      const Tensor all = buffer.tensor(DType::u8, {bytes});
      std::vector<uint8_t> values(static_cast<size_t>(bytes));
      CHECK(to_host<uint8_t>(*device, all) == values);  // a buffer begins as zeros
      for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<uint8_t>(i * 7 + 1);
      from_host(*device, values, all);
      const Buffer twin = buffer.copy();
      device->zero(buffer.data(), static_cast<size_t>(bytes));
      CHECK(to_host<uint8_t>(*device, twin.tensor(DType::u8, {bytes})) == values);
    }
  }
}

TEST_CASE("the fence's memory cannot be read by the address that its tensors carry") {
  const auto device = ops::make_device("fence");
  const Buffer buffer(*device, 64);
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  CHECK(write(ends[1], buffer.data(), 4) == -1);  // the system call looks before it leaps
  CHECK(errno == EFAULT);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("the fence gives released memory out again") {
  const auto device = ops::make_device("fence");
  void* first = device->allocate(1000);
  void* second = device->allocate(int64_t{40} << 30);
  device->release(first, 1000);
  device->release(second, int64_t{40} << 30);
  CHECK(device->allocate(int64_t{60} << 30) == first);  // joined into one piece
}

TEST_CASE("more memory than the machine has is an error that says how much") {
  const auto device = ops::make_device("cpu");
  CHECK_THROWS_WITH_AS(device->allocate(size_t{1} << 50), doctest::Contains("GB of memory"), Error);
}

TEST_CASE("an unknown device and a level that the processor lacks are refused") {
  CHECK_THROWS_WITH_AS(ops::make_device("tpu"), "there is no device 'tpu'; there are cpu, reference and fence", Error);
  CHECK_THROWS_WITH_AS(ops::make_device("cpu", "v9"), doctest::Contains("this processor has no level 'v9'"), Error);
}
