#include "millet/infer/sampling_params.h"

#include "millet/core/error.h"

namespace millet::infer {

void SamplingParams::fields(Fields& f) {
  f("temperature", temperature, "of the softmax that tokens are drawn from; 0 = always the most likely token");
  f("top_p", top_p, "draw from the smallest set of likeliest tokens with this share of the probability; 1 = all");
  f("top_k", top_k, "draw from this many likeliest tokens; 0 = all");
}

void SamplingParams::check() const {
  // NOTE: 0.01 draws the likeliest token all but always; logits over much less than that overflow.
  require(temperature == 0 || (temperature >= 0.01 && temperature <= 100),
          "sampling: temperature {} must be 0 (greedy) or lie between 0.01 and 100", temperature);
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
