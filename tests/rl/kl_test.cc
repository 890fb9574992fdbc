#include "millet/rl/algorithms/kl.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::rl;

TEST_CASE("each estimator has its closed form, and its gradient is a finite difference") {
  for (const double d : {0.5, -0.5, 1e-4, -3.0, 0.0}) {
    CAPTURE(d);
    CHECK(kl_estimator("k1").term(d).value == -d);
    CHECK(kl_estimator("k2").term(d).value == d * d / 2);
    CHECK(kl_estimator("k3").term(d).value == doctest::Approx(std::exp(d) - 1 - d).epsilon(1e-6));
    for (const KlEstimator& e : kl_estimators()) {
      const double h = 1e-6;  // of log π, against which d runs
      const double difference = (e.term(d - h).value - e.term(d + h).value) / (2 * h);
      CHECK(e.term(d).gradient == doctest::Approx(difference).epsilon(1e-6));
    }
  }
}

// π = (p, 1 − p), π_ref = (q, 1 − q): both sums over the two outcomes are exact.
TEST_CASE(
    "over a whole distribution: k1 and k3 are the KL divergence, k2 near it; gradients are what each is known for") {
  const double p = 0.7, q = 0.6;
  const double kl = p * std::log(p / q) + (1 - p) * std::log((1 - p) / (1 - q));
  // The true gradient by the logit z of the first outcome: Σ π ∇ log π · log(π/π_ref), ∇ log π = (1 − p, −p).
  const double true_gradient = p * (1 - p) * (std::log(p / q) - std::log((1 - p) / (1 - q)));
  auto value = [&](const KlEstimator& e) {
    return p * e.term(std::log(q / p)).value + (1 - p) * e.term(std::log((1 - q) / (1 - p))).value;
  };
  auto gradient = [&](const KlEstimator& e) {
    return p * e.term(std::log(q / p)).gradient * (1 - p) + (1 - p) * e.term(std::log((1 - q) / (1 - p))).gradient * -p;
  };
  CHECK(value(kl_estimator("k1")) == doctest::Approx(kl));
  CHECK(value(kl_estimator("k3")) == doctest::Approx(kl));
  CHECK(value(kl_estimator("k2")) == doctest::Approx(kl).epsilon(0.1));
  CHECK(value(kl_estimator("k2")) != doctest::Approx(kl));
  CHECK(std::abs(gradient(kl_estimator("k1"))) < 1e-15);                  // none in the loss
  CHECK(gradient(kl_estimator("k2")) == doctest::Approx(true_gradient));  // of KL(π ‖ π_ref)
  CHECK(gradient(kl_estimator("k3")) == doctest::Approx(p - q));          // of the reverse, KL(π_ref ‖ π)
}

TEST_CASE("every estimator stays finite far away") {
  for (const KlEstimator& e : kl_estimators()) {
    for (const double d : {100.0, -100.0, 1e6}) {
      CHECK(std::isfinite(e.term(d).value));
      CHECK(std::isfinite(e.term(d).gradient));
    }
    CHECK(e.term(0).value == 0);
  }
}

TEST_CASE("the penalty of an answer is β times the sum over its tokens") {
  const std::vector<float> old{-1.0F, -0.5F}, reference{-1.5F, -0.25F};  // d = −½, ¼
  CHECK(kl_penalty(kl_estimator("k1"), 0.1, old, reference) == doctest::Approx(0.1 * (0.5 - 0.25)));
  CHECK(kl_penalty(kl_estimator("k2"), 0.1, old, reference) == doctest::Approx(0.1 * (0.125 + 0.03125)));
  CHECK(kl_penalty(kl_estimator("k3"), 0.1, old, reference) == doctest::Approx(0.1 * (0.1065307 + 0.0340254)));
  CHECK(kl_penalty(kl_estimator("k1"), 0.1, {}, {}) == 0);
}

TEST_CASE("estimators have names") {
  CHECK(kl_estimator_names() == std::vector<std::string>{"k1", "k2", "k3"});
  CHECK_THROWS_WITH_AS(kl_estimator("k4"), doctest::Contains("'k4'"), Error);
}
