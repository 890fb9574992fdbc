#include "millet/io/crc32c.h"

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

using namespace millet;

TEST_CASE("the check value, and the vectors of RFC 3720") {
  const std::string_view digits = "123456789";
  CHECK(io::crc32c(std::as_bytes(std::span(digits))) == 0xE3069283U);
  CHECK(io::crc32c({}) == 0);
  std::vector<std::byte> bytes(32);
  CHECK(io::crc32c(bytes) == 0x8A9136AAU);
  for (std::byte& b : bytes) b = std::byte{0xFF};
  CHECK(io::crc32c(bytes) == 0x62A8AB43U);
  for (size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(i);
  CHECK(io::crc32c(bytes) == 0x46DD794EU);
}
