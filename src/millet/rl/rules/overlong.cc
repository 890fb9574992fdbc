#include "millet/rl/rules/overlong.h"

#include <fmt/core.h>

namespace millet::rl {

double soft_overlong(const SoftOverlong& limits, int64_t tokens) {
  const int64_t expected = limits.max - limits.cache;
  if (tokens <= expected) return 0;
  if (tokens > limits.max) return -1;
  return static_cast<double>(expected - tokens) / static_cast<double>(limits.cache);
}

std::string formula(const SoftOverlong& limits) {
  return fmt::format("overlong = 0 up to {0} tokens, ({0} − |o_i|) / {1} up to {2}, −1 beyond",
                     limits.max - limits.cache, limits.cache, limits.max);
}

}  // namespace millet::rl
