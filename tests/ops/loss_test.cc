#include "millet/ops/loss.h"

#include "tests/ops/conformance.h"
#include "tests/ops/golden.h"
#include "tests/ops/row_cases.h"

using namespace millet;
using namespace millet::tests;

static std::vector<int32_t> some_targets(int64_t rows, int64_t width) {
  std::vector<int32_t> ids;
  for (int64_t t = 0; t < rows; ++t) ids.push_back(t % 4 == 3 ? -1 : static_cast<int32_t>(t * 31 % width));
  return ids;
}

template <bool kEntropy>
static std::vector<double> forward(Rig& rig, const RowCase& c) {
  const Apart logits(rig, {c.rows, c.width}, normals(c.rows * c.width, 1, 3));
  const Tensor log_prob = rig.tensor({c.rows}), lse = rig.tensor({c.rows});
  const Tensor entropy = kEntropy ? rig.tensor({c.rows}) : Tensor();
  ops::log_prob(rig.ctx(), logits, rig.ids({c.rows}, some_targets(c.rows, c.width)), log_prob, lse, entropy,
                {.temperature = 0.7});
  return joined({rig.read(log_prob), rig.read(lse), kEntropy ? rig.read(entropy) : std::vector<double>{}});
}

static std::vector<double> backward(Rig& rig, const RowCase& c) {
  const Apart logits(rig, {c.rows, c.width}, normals(c.rows * c.width, 1, 3));
  const Tensor target = rig.ids({c.rows}, some_targets(c.rows, c.width));
  const Tensor log_prob = rig.tensor({c.rows}), lse = rig.tensor({c.rows});
  const Apart dlogits(rig, {c.rows, c.width});
  ops::log_prob(rig.ctx(), logits, target, log_prob, lse, {}, {.temperature = 0.7});
  ops::log_prob_backward(rig.ctx(), rig.tensor({c.rows}, normals(c.rows, 2)), logits, target, lse, dlogits,
                         {.temperature = 0.7});
  return joined({dlogits.read(), {1}});  // errors count against 1: with one token there is nothing but zeros
}

TEST_CASE("log-probabilities agree with the reference on every back end and shape, whatever the threads") {
  check_conformance(row_conformance_cases(), 1e-6, forward<false>);
  check_conformance(row_conformance_cases(), 1e-6, forward<true>);
}

TEST_CASE("their gradient agrees with the reference on every back end and shape, whatever the threads") {
  check_conformance(row_conformance_cases(), 3e-6, backward);
}

TEST_CASE("the gradient of log-probabilities agrees with finite differences of the reference") {
  Rig rig = oracle();
  const int64_t T = 4, V = 5;
  const std::vector<double> logits = normals(T * V, 1), weight = {0.5, -1.25, 3, 0};
  const Tensor target = rig.ids({T}, {3, 0, -1, 2}), log_prob = rig.tensor({T}), lse = rig.tensor({T});
  const Tensor dlogits = rig.tensor({T, V});
  const auto value = [&](const std::vector<double>& at) {
    ops::log_prob(rig.ctx(), rig.tensor({T, V}, at), target, log_prob, lse, {}, {.temperature = 1.7});
    return dot(rig.read(log_prob), weight);
  };
  value(logits);
  ops::log_prob_backward(rig.ctx(), rig.tensor({T}, weight), rig.tensor({T, V}, logits), target, lse, dlogits,
                         {.temperature = 1.7});
  CHECK(gradient_error(logits, rig.read(dlogits), value) < 1e-8);
}

TEST_CASE("log-probabilities, entropies and gradients are PyTorch's") {
  const Golden golden("log_prob");
  on_golden_backends([&](Rig& rig, double tolerance) {
    const ops::LogProbOptions options{.temperature = golden.option("temperature")};
    const Tensor logits = golden.tensor(rig, "logits"), target = golden.ids(rig, "target");
    const Tensor log_prob = rig.tensor(target.shape()), lse = rig.tensor(target.shape());
    const Tensor entropy = rig.tensor(target.shape()), dlogits = rig.tensor(logits.shape());
    ops::log_prob(rig.ctx(), logits, target, log_prob, lse, entropy, options);
    ops::log_prob_backward(rig.ctx(), golden.tensor(rig, "dlog_prob"), logits, target, lse, dlogits, options);
    CHECK(error(rig.read(log_prob), golden.values("log_prob")) < tolerance);
    CHECK(error(rig.read(lse), golden.values("lse")) < tolerance);
    CHECK(error(rig.read(entropy), golden.values("entropy")) < tolerance);
    CHECK(error(rig.read(dlogits), golden.values("dlogits")) < tolerance);
  });
}

TEST_CASE("the temperature divides the logits before the log-probability is taken") {
  // Logits (2, 0), token 0: −0.0181499 at T = 0.5, −0.1269280 at T = 1.
  on_every_backend([](Rig& rig) {
    const Tensor logits = rig.tensor({1, 2}, {2, 0}), target = rig.ids({1}, {0});
    const Tensor log_prob = rig.tensor({1}), lse = rig.tensor({1}), entropy = rig.tensor({1});
    ops::log_prob(rig.ctx(), logits, target, log_prob, lse, {}, {.temperature = 0.5});
    CHECK(rig.read(log_prob)[0] == doctest::Approx(-0.0181499).epsilon(1e-5));
    ops::log_prob(rig.ctx(), logits, target, log_prob, lse, entropy);
    CHECK(rig.read(log_prob)[0] == doctest::Approx(-0.1269280).epsilon(1e-5));
    CHECK(rig.read(entropy)[0] == doctest::Approx(0.365335).epsilon(1e-5));
  });
}

TEST_CASE("a row's log-probability does not depend on the rows around it") {
  on_every_level([](Rig& rig) {
    const int64_t T = 130, V = 43;
    const Tensor logits = rig.tensor({T, V}, normals(T * V, 1, 4)), target = rig.ids({T}, some_targets(T, V));
    const Tensor log_prob = rig.tensor({T}), lse = rig.tensor({T}), entropy = rig.tensor({T});
    const Tensor one = rig.tensor({1}), one_lse = rig.tensor({1}), one_entropy = rig.tensor({1});
    ops::log_prob(rig.ctx(), logits, target, log_prob, lse, entropy, {.temperature = 0.9});
    const std::vector<double> p = rig.read(log_prob), l = rig.read(lse), h = rig.read(entropy);
    for (const int64_t t : {0, 1, 64, 129}) {
      // Without the entropy the other two keep their bits.
      ops::log_prob(rig.ctx(), logits.rows(t, 1), target.rows(t, 1), one, one_lse, {}, {.temperature = 0.9});
      const auto i = static_cast<size_t>(t);
      CHECK(same_bits(rig.read(one), {p[i]}));
      CHECK(same_bits(rig.read(one_lse), {l[i]}));
      ops::log_prob(rig.ctx(), logits.rows(t, 1), target.rows(t, 1), one, one_lse, one_entropy, {.temperature = 0.9});
      CHECK(same_bits(rig.read(one_entropy), {h[i]}));
    }
  });
}

TEST_CASE("rows that do not count have a gradient of exactly zero, whatever their logits") {
  on_every_backend([](Rig& rig) {
    const double huge = 1e30;
    const Tensor logits = rig.tensor({3, 3}, {huge, -huge, 1, 1, 2, 3, huge, huge, huge});
    const Tensor target = rig.ids({3}, {-1, 1, 2}), lse = rig.tensor({3}, {huge, 3.4, huge});
    ops::log_prob_backward(rig.ctx(), rig.tensor({3}, {1, 1, 0}), logits, target, lse, logits);  // in place
    const std::vector<double> d = rig.read(logits);
    for (const size_t i : {0, 1, 2, 6, 7, 8}) CHECK(d[i] == 0);
    CHECK(d[4] > 0);
  });
}

TEST_CASE("a forbidden token, −∞, has no probability and leaves the entropy finite") {
  on_every_backend([](Rig& rig) {
    const Tensor logits = rig.tensor({1, 3}, {1, -INFINITY, 1}), target = rig.ids({1}, {0});
    const Tensor log_prob = rig.tensor({1}), lse = rig.tensor({1}), entropy = rig.tensor({1});
    ops::log_prob(rig.ctx(), logits, target, log_prob, lse, entropy);
    CHECK(rig.read(log_prob)[0] == doctest::Approx(-std::log(2.0)).epsilon(1e-6));
    CHECK(rig.read(entropy)[0] == doctest::Approx(std::log(2.0)).epsilon(1e-6));
  });
}

TEST_CASE("log_prob refuses a target beyond the vocabulary and a temperature of zero") {
  on_every_backend([](Rig& rig) {
    const Tensor logits = rig.tensor({2, 5}), one = rig.tensor({2});
    CHECK_THROWS_WITH_AS(ops::log_prob(rig.ctx(), logits, rig.ids({2}, {4, 5}), one, one, {}),
                         "log_prob: target[1] is 5; the vocabulary has 5 tokens", Error);
    CHECK_THROWS_WITH_AS(ops::log_prob(rig.ctx(), logits, rig.ids({2}), one, one, {}, {.temperature = 0}),
                         "log_prob: temperature is 0; it must be above 0", Error);
    CHECK_THROWS_WITH_AS(ops::log_prob(rig.ctx(), logits, rig.ids({3}), one, one, {}),
                         "log_prob: target is i32 [3]; expected [2]", Error);
  });
}
