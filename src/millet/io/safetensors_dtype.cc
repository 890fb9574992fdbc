// The element types of safetensors files, and their values as f32.
#include <bit>
#include <cstring>

#include "millet/core/error.h"
#include "millet/io/safetensors.h"

namespace millet::io {

std::string_view name_of(SafetensorsDtype dtype) {
  static constexpr std::string_view names[] = {"F64", "F32",  "F16",     "BF16",    "I64",     "I32",
                                               "U8",  "BOOL", "F8_E4M3", "F8_E5M2", "F8_E8M0", "I16",
                                               "I8",  "U64",  "U32",     "U16",     "C64"};
  return names[static_cast<size_t>(dtype)];
}

int64_t bytes_of(SafetensorsDtype dtype) {
  static constexpr int64_t bytes[] = {8, 4, 2, 2, 8, 4, 1, 1, 1, 1, 1, 2, 1, 8, 4, 2, 8};
  return bytes[static_cast<size_t>(dtype)];
}

// IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. Exact in f32; NaNs keep their payload.
static float f16_to_f32(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000U) << 16;
  const uint32_t exponent = (half >> 10) & 0x1FU;
  const uint32_t fraction = half & 0x3FFU;
  if (exponent == 0) {  // zero or subnormal: fraction · 2^−24
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | sign);
  }
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000U | fraction << 13);
  return std::bit_cast<float>(sign | (exponent + 127 - 15) << 23 | fraction << 13);
}

// 1 sign, 4 exponent (bias 7), 3 fraction bits; no infinities, all ones is NaN (Micikevicius et al. 2022, E4M3).
static float f8_e4m3_to_f32(uint8_t byte) {
  const uint32_t sign = static_cast<uint32_t>(byte & 0x80U) << 24;
  const uint32_t exponent = (byte >> 3) & 0xFU, fraction = byte & 0x7U;
  if (exponent == 0) {  // zero or subnormal: fraction · 2^−9
    const float magnitude = static_cast<float>(fraction) * 0x1p-9F;
    return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | sign);
  }
  if (exponent == 15 && fraction == 7) return std::bit_cast<float>(sign | 0x7FC00000U);
  return std::bit_cast<float>(sign | (exponent + 127 - 7) << 23 | fraction << 20);
}

// A power of two: 8 exponent bits (bias 127) and nothing else; all ones is NaN (OCP Microscaling 1.0).
static float f8_e8m0_to_f32(uint8_t byte) {
  if (byte == 0xFF) return std::bit_cast<float>(0x7FC00000U);
  return std::bit_cast<float>(byte == 0 ? 0x00400000U : static_cast<uint32_t>(byte) << 23);
}

// Calls use(i, value) for each of `count` elements from `first` on, i from 0, value in a type that holds it exactly.
template <class Use>
static void each_number(const SafetensorsEntry& entry, int64_t first, size_t count, Use use) {
  const auto each = [&]<class Stored>(Stored, auto value_of) {
    const std::byte* from = entry.bytes.data() + sizeof(Stored) * static_cast<size_t>(first);
    for (size_t i = 0; i < count; ++i) {
      Stored stored;
      std::memcpy(&stored, from + sizeof(Stored) * i, sizeof(Stored));  // may be unaligned
      use(i, value_of(stored));
    }
  };
  switch (entry.dtype) {
    case SafetensorsDtype::F64:
      return each(double(), [](double v) { return v; });
    case SafetensorsDtype::F32:
      return each(float(), [](float v) { return v; });
    case SafetensorsDtype::F16:
      return each(uint16_t(), f16_to_f32);
    case SafetensorsDtype::BF16:  // the upper half of an f32
      return each(uint16_t(), [](uint16_t v) { return std::bit_cast<float>(static_cast<uint32_t>(v) << 16); });
    case SafetensorsDtype::F8_E4M3:
      return each(uint8_t(), f8_e4m3_to_f32);
    case SafetensorsDtype::F8_E8M0:
      return each(uint8_t(), f8_e8m0_to_f32);
    default:
      fail("{}: tensor '{}' is {}: only F64, F32, BF16, F16, F8_E4M3 and F8_E8M0 can be read as numbers", entry.file,
           entry.name, name_of(entry.dtype));
  }
}

void to_f32(const SafetensorsEntry& entry, int64_t first, std::span<float> out) {
  require(first >= 0 && first + static_cast<int64_t>(out.size()) <= entry.elements(),
          "{}: tensor '{}' has {} elements, not {} from {} on", entry.file, entry.name, entry.elements(), out.size(),
          first);
  each_number(entry, first, out.size(), [out](size_t i, auto value) { out[i] = static_cast<float>(value); });
}

void to_f32(const SafetensorsEntry& entry, std::span<float> out) {
  require(static_cast<int64_t>(out.size()) == entry.elements(), "{}: tensor '{}' has {} elements, not {}", entry.file,
          entry.name, entry.elements(), out.size());
  to_f32(entry, 0, out);
}

std::vector<float> to_f32(const SafetensorsEntry& entry) {
  std::vector<float> out(static_cast<size_t>(entry.elements()));
  to_f32(entry, out);
  return out;
}

std::vector<double> to_f64(const SafetensorsEntry& entry) {
  std::vector<double> out(static_cast<size_t>(entry.elements()));
  each_number(entry, 0, out.size(), [&out](size_t i, auto value) { out[i] = static_cast<double>(value); });
  return out;
}

}  // namespace millet::io
