// Counter-based randomness: Philox4x32-10 (Salmon et al. 2011). A number is a function of its key and its counter, so
// neither threads nor batching nor interruption can change it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace millet {

// The ten rounds: 128 bits from a 128-bit counter and a 64-bit key.
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// Names one stream. `purpose` ("init", "sample", "shuffle") keeps streams apart; a, b, c say which (step, sample id…).
struct RandomKey {
  uint64_t key = 0;
  uint64_t stream = 0;
};
RandomKey random_key(uint64_t seed, std::string_view purpose, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0);

// The numbers of one stream in order; or any of them by position.
class Rng {
 public:
  explicit Rng(RandomKey key, uint64_t position = 0) : key_(key), position_(position) {}
  Rng(uint64_t seed, std::string_view purpose, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0)
      : Rng(random_key(seed, purpose, a, b, c)) {}

  static uint32_t bits_at(RandomKey key, uint64_t position);
  static double uniform_at(RandomKey key, uint64_t position);  // [0, 1), 32 bits

  uint32_t bits() { return bits_at(key_, position_++); }
  double uniform() { return uniform_at(key_, position_++); }  // [0, 1)
  int64_t below(int64_t n);                                   // uniform over [0, n), n ≥ 1, unbiased
  double normal();                                            // Box–Muller, two positions each

  uint64_t position() const { return position_; }

 private:
  RandomKey key_;
  uint64_t position_;
};

}  // namespace millet
