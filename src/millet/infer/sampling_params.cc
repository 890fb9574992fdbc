#include "millet/infer/sampling_params.h"

#include "millet/core/error.h"

namespace millet::infer {

void SamplingParams::check() const {
  require(temperature == 0 || kTemperatures.hold(temperature), "sampling: temperature {} must be 0 (greedy) or {}",
          temperature, kTemperatures.text());
  require(top_p > 0 && top_p <= 1, "sampling: top_p {} must lie in (0, 1]; 1 keeps all tokens", top_p);
  require(top_k >= 0 && top_k <= INT32_MAX, "sampling: top_k {} must be 0 (all tokens) or a count", top_k);
}

RandomKey sampling_key(const SamplingParams& params, uint64_t sample_id) {
  return random_key(params.seed, "sample", params.step, sample_id);
}

float uniform_of_draw(RandomKey key, uint64_t position) {
  return static_cast<float>(Rng::bits_at(key, position) >> 8) * 0x1p-24F;
}

}  // namespace millet::infer
