#include "millet/core/rng.h"

#include <cmath>
#include <numbers>

namespace millet {

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> c, std::array<uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53} * c[0];
    const uint64_t p1 = uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<uint32_t>(p0)};
    k[0] += 0x9E3779B9;
    k[1] += 0xBB67AE85;
  }
  return c;
}

// splitmix64's finaliser: a bijection with full avalanche.
static uint64_t mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

RandomKey random_key(uint64_t seed, std::string_view purpose, uint64_t a, uint64_t b, uint64_t c) {
  uint64_t name = 0xCBF29CE484222325;  // FNV-1a
  for (const char ch : purpose) name = (name ^ static_cast<unsigned char>(ch)) * 0x100000001B3;
  return {mix(seed ^ mix(name)), mix(mix(mix(a) ^ b) ^ c)};
}

uint32_t Rng::bits_at(RandomKey key, uint64_t position) {
  const uint64_t block = position / 4;
  const auto words = philox({static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32),
                             static_cast<uint32_t>(key.stream), static_cast<uint32_t>(key.stream >> 32)},
                            {static_cast<uint32_t>(key.key), static_cast<uint32_t>(key.key >> 32)});
  return words[position % 4];
}

double Rng::uniform_at(RandomKey key, uint64_t position) {
  return bits_at(key, position) * 0x1p-32;
}

int64_t Rng::below(int64_t n) {
  // Lemire's multiplication with rejection, on 64 bits.
  const auto range = static_cast<uint64_t>(n);
  const uint64_t threshold = (0 - range) % range;
  while (true) {
    const uint64_t high = bits();
    const uint64_t word = high << 32 | bits();
    const auto product = static_cast<unsigned __int128>(word) * range;
    if (static_cast<uint64_t>(product) >= threshold) return static_cast<int64_t>(product >> 64);
  }
}

double Rng::normal() {
  const double u = (bits() + 0.5) * 0x1p-32;
  const double v = uniform();
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

}  // namespace millet
