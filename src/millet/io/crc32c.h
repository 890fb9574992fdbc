// CRC-32C (Castagnoli), as record files of TensorFlow carry it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace millet::io {

uint32_t crc32c(std::span<const std::byte> bytes);

}  // namespace millet::io
