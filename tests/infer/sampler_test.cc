#include "millet/infer/sampler.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/infer/sampling_params.h"
#include "millet/ops/devices.h"

using namespace millet;
using namespace millet::infer;

TEST_CASE("draws follow the softmax at their temperature") {
  const auto device = ops::make_device("cpu");
  Context ctx(*device, 1);
  Arena arena(*device);
  constexpr int64_t kDraws = 20000;
  std::vector<float> logits;
  std::vector<Draw> draws;
  const RandomKey key = sampling_key({.seed = 1}, 0);
  for (uint64_t i = 0; i < kDraws; ++i) {
    logits.insert(logits.end(), {2.0F, 0.0F, 1.0F});
    draws.push_back({.temperature = 0.5F, .uniform = uniform_of_draw(key, i), .log_prob_temperature = 0.5});
  }
  const Tensor t = arena.tensor(DType::f32, {kDraws, 3});
  from_host(*device, logits, t);
  Drawn drawn;
  sample(ctx, t, draws, drawn);
  std::array<double, 3> share{};
  for (const int32_t token : drawn.tokens) share.at(static_cast<size_t>(token)) += 1.0 / kDraws;
  const double sum = std::exp(4.0) + 1 + std::exp(2.0);
  CHECK(share[0] == doctest::Approx(std::exp(4.0) / sum).epsilon(0.02));
  CHECK(share[2] == doctest::Approx(std::exp(2.0) / sum).epsilon(0.06));
  CHECK(share[1] == doctest::Approx(1 / sum).epsilon(0.2));
}

TEST_CASE("the log-probability is the one at the draw's temperature, whatever top-k and top-p leave") {
  const auto device = ops::make_device("cpu");
  Context ctx(*device, 1);
  Arena arena(*device);
  const Tensor t = arena.tensor(DType::f32, {4, 2});
  from_host(*device, std::vector<float>{2, 0, 2, 0, 2, 0, 2, 0}, t);
  const std::vector<Draw> draws = {{.temperature = 0.5F, .top_k = 1, .uniform = 0.999F, .log_prob_temperature = 0.5},
                                   {.temperature = 0.5F, .top_p = 0.5F, .uniform = 0.999F, .log_prob_temperature = 0.5},
                                   {.temperature = 0.0F, .uniform = 0.999F, .log_prob_temperature = 1},
                                   {.temperature = 1.0F, .uniform = 0.999F, .log_prob_temperature = 1}};
  Drawn drawn;
  sample(ctx, t, draws, drawn);
  CHECK(drawn.tokens == std::vector<int32_t>{0, 0, 0, 1});
  CHECK(drawn.log_probs[0] == doctest::Approx(-0.0181499));
  CHECK(drawn.log_probs[1] == doctest::Approx(-0.0181499));
  CHECK(drawn.log_probs[2] == doctest::Approx(-0.1269280));
  CHECK(drawn.log_probs[3] == doctest::Approx(-2.1269280));
}
