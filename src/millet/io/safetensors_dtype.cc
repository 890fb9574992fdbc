// The element types of safetensors files, and their values as f32.
#include <bit>
#include <cstring>

#include "millet/core/error.h"
#include "millet/io/safetensors.h"

namespace millet::io {

std::string_view name_of(SafetensorsDtype dtype) {
  static constexpr std::string_view names[] = {"F64", "F32", "F16", "BF16", "I64", "I32", "U8", "BOOL", "F8_E4M3"};
  return names[static_cast<size_t>(dtype)];
}

int64_t bytes_of(SafetensorsDtype dtype) {
  static constexpr int64_t bytes[] = {8, 4, 2, 2, 8, 4, 1, 1, 1};
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

// Calls use(i, value) for each element, value in a type that holds it exactly.
template <class Use>
static void each_number(const SafetensorsEntry& entry, Use use) {
  const auto each = [&]<class Stored>(Stored, auto value_of) {
    for (size_t i = 0; i < entry.bytes.size() / sizeof(Stored); ++i) {
      Stored stored;
      std::memcpy(&stored, entry.bytes.data() + sizeof(Stored) * i, sizeof(Stored));  // may be unaligned
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
    default:
      fail("{}: tensor '{}' is {}: only F64, F32, BF16 and F16 can be read as numbers", entry.file, entry.name,
           name_of(entry.dtype));
  }
}

void to_f32(const SafetensorsEntry& entry, std::span<float> out) {
  require(static_cast<int64_t>(out.size()) == entry.elements(), "{}: tensor '{}' has {} elements, not {}", entry.file,
          entry.name, entry.elements(), out.size());
  each_number(entry, [out](size_t i, auto value) { out[i] = static_cast<float>(value); });
}

std::vector<float> to_f32(const SafetensorsEntry& entry) {
  std::vector<float> out(static_cast<size_t>(entry.elements()));
  to_f32(entry, out);
  return out;
}

std::vector<double> to_f64(const SafetensorsEntry& entry) {
  std::vector<double> out(static_cast<size_t>(entry.elements()));
  each_number(entry, [&out](size_t i, auto value) { out[i] = static_cast<double>(value); });
  return out;
}

}  // namespace millet::io
