#include "millet/rl/algorithms/grpo.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace millet::rl;

static std::vector<Sample> group(std::initializer_list<double> rewards, int64_t id = 0, int64_t tokens = 4) {
  std::vector<Sample> samples;
  for (const double r : rewards) samples.push_back({.group = id, .tokens = tokens, .reward = r});
  return samples;
}

static std::vector<Sample> join(std::vector<Sample> a, const std::vector<Sample>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST_CASE("advantages divide by the standard deviation with n − 1") {
  const Weighted w = weigh({}, group({1, 0, 0, 0}));
  CHECK(w.advantage[0] == doctest::Approx(1.4997).epsilon(1e-4));
  CHECK(w.advantage[1] == doctest::Approx(-0.4999).epsilon(1e-4));
  CHECK(weigh({}, group({1, 0})).advantage[0] == doctest::Approx(0.707007).epsilon(1e-6));
}

TEST_CASE("epsilon is added to the deviation, not under the root") {
  GrpoConfig config;
  config.std_eps = 1e-6;
  const Weighted w = weigh(config, group({2.0, 2.00002}));
  CHECK(w.advantage[0] == doctest::Approx(-0.660409).epsilon(1e-4));
  CHECK(w.groups_nearly_flat == 1);
  CHECK(weigh(config, group({2.0, 2.01})).groups_nearly_flat == 0);
  CHECK(weigh(config, group({2.0, 2.0})).groups_nearly_flat == 0);
}

TEST_CASE("without division the advantage is the distance from the mean") {
  GrpoConfig config;
  config.divide_by_std = false;
  const Weighted w = weigh(config, group({1, 0, 0, 0}));
  CHECK(w.advantage[0] == 0.75);
  CHECK(w.advantage[3] == -0.25);
}

TEST_CASE("a group without variance, or of one, gives exactly zero and is counted") {
  for (const auto& rewards : {group({1, 1, 1, 1}), group({0, 0}), group({5}), group({0.1, 0.1, 0.1})}) {
    const Weighted w = weigh({}, rewards);
    for (const double a : w.advantage) CHECK(a == 0.0);
    for (const bool c : w.computed) CHECK_FALSE(c);
    CHECK(w.groups_without_variance == 1);
  }
  GrpoConfig with_kl;
  with_kl.kl_beta = 0.01;
  CHECK(weigh(with_kl, group({1, 1})).computed[0]);  // only the KL gradient remains
}

TEST_CASE("groups are neighbours of one prompt, whatever their sizes") {
  const Weighted w = weigh({}, join(group({1, 0}, 0), group({5, 5, 5}, 1)));
  CHECK(w.advantage[0] == doctest::Approx(0.707007).epsilon(1e-6));
  CHECK(w.advantage[1] == doctest::Approx(-0.707007).epsilon(1e-6));
  for (size_t i = 2; i < 5; ++i) CHECK(w.advantage[i] == 0.0);
  // The same prompt twice in a batch is two groups.
  const Weighted twice = weigh({}, join(group({0, 0, 0, 0}, 0), group({1, 1, 1, 1}, 1)));
  for (const double a : twice.advantage) CHECK(a == 0.0);
}

static double mean_loss(const GrpoConfig& config, const std::vector<Sample>& samples, const std::vector<double>& loss) {
  const Weighted w = weigh(config, samples);
  double sum = 0;
  for (size_t i = 0; i < samples.size(); ++i)
    sum += w.token_weight[i] * loss[i] * static_cast<double>(samples[i].tokens);
  return sum;
}

TEST_CASE("each normalisation has one denominator for the whole step") {
  std::vector<Sample> samples = group({1, 0});
  samples[0].tokens = 1;
  samples[1].tokens = 3;
  GrpoConfig config;
  CHECK(mean_loss(config, samples, {2, 1}) == doctest::Approx(1.5));
  config.normalisation = "token";
  CHECK(mean_loss(config, samples, {2, 1}) == doctest::Approx(1.25));
  config.normalisation = "constant";
  config.constant_length = 10;
  CHECK(mean_loss(config, samples, {2, 1}) == doctest::Approx(0.25));
}

TEST_CASE("masked answers leave numerator and denominator") {
  std::vector<Sample> samples = group({1, 0});
  samples[0].tokens = 2;
  samples[1].tokens = 8;
  samples[1].truncated = true;
  GrpoConfig config;
  config.normalisation = "token";
  config.mask_truncated = true;
  CHECK(mean_loss(config, samples, {1, 1}) == doctest::Approx(1.0));
  samples[0].truncated = true;
  CHECK(mean_loss(config, samples, {1, 1}) == 0.0);
}

static TokenTerm token_term(const GrpoConfig& config, double advantage, float now, float old) {
  return answer_terms(config, advantage, std::vector{now}, std::vector{old}).front();
}

TEST_CASE("the clip acts only where it lowers the objective") {
  struct Row {
    double ratio, advantage, objective;
    bool clipped;
  };
  for (const Row& r :
       {Row{1.5, 1, 1.2, true}, Row{1.5, -1, -1.5, false}, Row{0.5, 1, 0.5, false}, Row{0.5, -1, -0.8, true}}) {
    const TokenTerm t = token_term({}, r.advantage, static_cast<float>(std::log(r.ratio)), 0.0F);
    CHECK(-t.loss == doctest::Approx(r.objective));
    CHECK(t.clipped == r.clipped);
    CHECK((t.gradient == 0) == r.clipped);
  }
}

TEST_CASE("at ratio one the loss is −A and its gradient too") {
  const TokenTerm t = token_term({}, 0.707, -1.25F, -1.25F);
  CHECK(t.ratio == 1.0);
  CHECK(t.loss == -0.707);
  CHECK(t.gradient == -0.707);
}

TEST_CASE("k3 neither cancels near zero nor overflows far away") {
  GrpoConfig config;
  config.kl_beta = 1;
  auto k3 = [&](float d) {
    return answer_terms(config, 0, std::vector{0.0F}, std::vector{0.0F}, std::vector{d}).front();
  };
  CHECK(k3(0.5F).kl == doctest::Approx(0.1487213).epsilon(1e-6));
  CHECK(k3(-0.5F).kl == doctest::Approx(0.1065307).epsilon(1e-6));
  CHECK(k3(1e-4F).kl == doctest::Approx(5.00017e-9).epsilon(1e-4));
  CHECK(std::isfinite(k3(100.0F).kl));
  CHECK(std::isfinite(k3(100.0F).gradient));
  CHECK(k3(0.0F).gradient == 0.0);
}

// Log-probabilities are multiples of a power of two, so that a step of 2⁻¹⁰ is one in floats, too.
TEST_CASE("each token's gradient is the finite difference of the answer's loss, for every ratio, estimator and sign") {
  const std::vector<float> old{-1.0F, -0.5F, -2.0F, -0.25F}, reference{-1.25F, -0.375F, -1.5F, -0.25F};
  const std::vector<float> now{-0.875F, -0.5625F, -1.75F, -0.3125F};
  constexpr float kStep = 1.0F / 1024;
  for (const char* ratio : {"token", "sequence"}) {
    for (const char* estimator : {"k1", "k2", "k3"}) {
      for (const double advantage : {1.5, -0.5}) {
        for (const double clip : {0.2, 0.01}) {
          CAPTURE(ratio);
          CAPTURE(estimator);
          CAPTURE(clip);
          GrpoConfig config;
          config.ratio = ratio;
          config.clip_low = config.clip_high = clip;
          config.kl_beta = 0.3;
          config.kl_estimator = estimator;
          auto loss = [&](const std::vector<float>& at) {
            double sum = 0;
            for (const TokenTerm& t : answer_terms(config, advantage, at, old, reference)) sum += t.loss;
            return sum;
          };
          const std::vector<TokenTerm> terms = answer_terms(config, advantage, now, old, reference);
          for (size_t t = 0; t < now.size(); ++t) {
            std::vector<float> up = now, down = now;
            up[t] += kStep;
            down[t] -= kStep;
            const double difference = (loss(up) - loss(down)) / (2 * static_cast<double>(kStep));
            CHECK(terms[t].gradient == doctest::Approx(difference).epsilon(1e-5));
          }
        }
      }
    }
  }
}

TEST_CASE("a KL term in the reward is none of the loss") {
  GrpoConfig config;
  config.kl_beta = 0.01;
  config.kl_in = "reward";
  CHECK(config.needs_reference());
  CHECK_FALSE(config.kl_in_loss());
  CHECK_FALSE(weigh(config, group({1, 1})).computed[0]);  // no variance: no gradient is left
  const std::string text = formula(config, 1);
  CHECK(text.find("R_i ← R_i − 0.01 Σ_t k3(d)") != std::string::npos);
  CHECK(text.find("A_i) − 0.01") == std::string::npos);
}

TEST_CASE("the printed formula names the choices in force") {
  GrpoConfig config;
  CHECK(formula(config, 0.7).find("1/|o_i|") != std::string::npos);
  CHECK(formula(config, 0.7).find("k3") == std::string::npos);
  config.normalisation = "token";
  config.kl_beta = 0.001;
  config.divide_by_std = false;
  config.clip_high = 0.28;
  CHECK(formula(config, 0.7).find("1/Σ_i|o_i|") != std::string::npos);
  CHECK(formula(config, 0.7).find("0.001·k3(d)") != std::string::npos);
  CHECK(formula(config, 0.7)
            .find("k3(d) = exp(d) − 1 − d, of d between −20 and 20 at most,   d = log π_ref(t) − log π(t)") !=
        std::string::npos);
  CHECK(formula(config, 0.7).find("std R") == std::string::npos);
  CHECK(formula(config, 0.7).find("clip(r, 1 − 0.2, 1 + 0.28)") != std::string::npos);
  CHECK(formula(config, 0.7).find("π at temperature 0.7") != std::string::npos);
  config.clip_high = 1e-5;
  CHECK(formula(config, 0.7).find("1 + 1e-05") != std::string::npos);
  CHECK(formula(config, 0.7).find("truncated ones like the others") != std::string::npos);
  config.mask_truncated = true;
  CHECK(formula(config, 0.7).find("truncated ones count in the mean of their group alone") != std::string::npos);
  config.kl_estimator = "k2";
  config.reference_every = 50;
  CHECK(formula(config, 0.7).find("k2(d) = d²/2") != std::string::npos);
  CHECK(formula(config, 0.7).find("π_ref ← π every 50 steps") != std::string::npos);
  config.ratio = "sequence";
  CHECK(formula(config, 0.7).starts_with("GSPO   J = "));
  CHECK(formula(config, 0.7).find("r = exp(1/|o_i| Σ_t (log π(t) − log π_old(t))), one for all of o_i") !=
        std::string::npos);
}
