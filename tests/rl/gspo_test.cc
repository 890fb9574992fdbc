#include "millet/rl/algorithms/gspo.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "millet/rl/algorithms/grpo.h"

using namespace millet::rl;

TEST_CASE("the ratio of an answer is the geometric mean of its tokens' ratios") {
  const std::vector<float> old{-1.0F, -1.0F, -1.0F}, now{-0.5F, -1.0F, -1.25F};
  CHECK(sequence_ratio(now, old) == doctest::Approx(std::exp((0.5 + 0 - 0.25) / 3)));
  CHECK(sequence_ratio(old, old) == 1.0);
  CHECK(sequence_ratio({}, {}) == 1.0);
}

// Two answers of one token and three, rewards 1 and 0: A = ±½ without division by the deviation.
TEST_CASE("the step's loss and gradient are the paper's equation 5, worked out by hand") {
  GrpoConfig config;
  config.ratio = "sequence";
  config.divide_by_std = false;
  config.clip_low = 0.1;
  config.clip_high = 0.2;
  const std::vector<Sample> samples{{.group = 0, .tokens = 1, .reward = 1}, {.group = 0, .tokens = 3, .reward = 0}};
  const std::vector<std::vector<float>> old{{-1.0F}, {-1.0F, -2.0F, -0.5F}};
  const std::vector<std::vector<float>> now{{-0.875F}, {-1.125F, -2.0F, -0.4375F}};
  const Weighted w = weigh(config, samples);
  double loss = 0;
  std::vector<std::vector<double>> gradient(2);
  for (size_t i = 0; i < 2; ++i) {
    for (const TokenTerm& t : answer_terms(config, w.advantage[i], now[i], old[i])) {
      loss += w.token_weight[i] * t.loss;
      gradient[i].push_back(w.token_weight[i] * t.gradient);
    }
  }
  const double s0 = std::exp(0.125), s1 = std::exp((-0.125 + 0.0625) / 3);  // both within the clip
  CHECK(loss == doctest::Approx(-(s0 * 0.5 - s1 * 0.5) / 2));
  CHECK(gradient[0][0] == doctest::Approx(-s0 * 0.5 / 2));
  for (const double g : gradient[1]) CHECK(g == doctest::Approx(s1 * 0.5 / 2 / 3));  // eq. 10: 1/|o| of it each
}

TEST_CASE("the clip takes an answer as a whole") {
  GrpoConfig config;
  config.ratio = "sequence";
  config.clip_low = 3e-4;
  config.clip_high = 4e-4;
  // One token far up, one far down: the answer's ratio is 1, where tokens would both be clipped.
  const auto balanced = answer_terms(config, 1, std::vector{-0.5F, -1.5F}, std::vector{-1.0F, -1.0F});
  for (const TokenTerm& t : balanced) {
    CHECK(t.ratio == 1.0);
    CHECK_FALSE(t.clipped);
  }
  const auto above = answer_terms(config, 1, std::vector{-1.0F, -0.5F}, std::vector{-1.0F, -1.0F});
  for (const TokenTerm& t : above) {
    CHECK(t.clipped);
    CHECK(t.gradient == 0.0);
    CHECK(t.loss == doctest::Approx(-1.0004));
  }
}
