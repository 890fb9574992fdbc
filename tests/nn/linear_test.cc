#include "millet/nn/linear.h"

#include <doctest/doctest.h>

#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("a laid-out copy changes no bit, and follows the weight's version") {
  on_every_backend([](Rig& rig) {
    nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::inference);
    const nn::Linear linear(parameters, "w", 37, 19);
    randomise(parameters, 1);
    const Tensor x = rig.tensor({5, 19}, normals(5 * 19, 2));
    const Tensor bare = rig.tensor({5, 37}), reused = rig.tensor({5, 37});
    for (int round = 0; round < 2; ++round) {
      linear.forward(rig.ctx(), x, bare, false);
      linear.forward(rig.ctx(), x, reused, true);
      CHECK(rig.read(bare) == rig.read(reused));
      randomise(parameters, 9);
    }
  });
}

TEST_CASE("a frozen weight gathers no gradient") {
  Rig rig = oracle();
  nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::training, DType::f64);
  nn::Linear linear(parameters, "w", 3, 2);
  const Tensor dy = rig.tensor({4, 3}, normals(12, 1)), x = rig.tensor({4, 2}, normals(8, 2));
  linear.weight().trainable = false;
  linear.backward_weight(rig.ctx(), dy, x);
  for (const double g : rig.read(linear.weight().grad)) CHECK(g == 0);
  linear.weight().trainable = true;
  linear.backward_weight(rig.ctx(), dy, x);
  linear.backward_weight(rig.ctx(), dy, x);  // adds
  double first = 0;
  const auto a = rig.read(dy), b = rig.read(x);
  for (size_t t = 0; t < 4; ++t) first += a[t * 3] * b[t * 2];
  CHECK(rig.read(linear.weight().grad)[0] == doctest::Approx(2 * first));
}

TEST_CASE("a bias is added to every row, and its gradient is the sum of the rows'") {
  on_every_backend([](Rig& rig) {
    nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::training);
    nn::Linear with(parameters, "w", 5, 3, {.bias = true});
    nn::Linear without(parameters, "v", 5, 3);
    randomise(parameters, 1);
    from_host(rig.ctx().device(), to_host<float>(rig.ctx().device(), with.weight().value), without.weight().value);
    nn::Parameter& bias = parameters.at("w.bias");
    const Tensor x = rig.tensor({4, 3}, normals(12, 2)), y = rig.tensor({4, 5}), bare = rig.tensor({4, 5});
    with.forward(rig.ctx(), x, y, false);
    without.forward(rig.ctx(), x, bare, false);
    const std::vector<double> dy = normals(20, 3), got = rig.read(y), plain = rig.read(bare), b = rig.read(bias.value);
    for (int round = 0; round < 2; ++round) with.backward_weight(rig.ctx(), rig.tensor({4, 5}, dy), x);  // adds
    for (size_t n = 0; n < 5; ++n) {
      double sum = 0;
      for (size_t t = 0; t < 4; ++t) {
        CHECK(got[t * 5 + n] == doctest::Approx(plain[t * 5 + n] + b[n]).epsilon(1e-6));
        sum += 2 * dy[t * 5 + n];
      }
      CHECK(rig.read(bias.grad)[n] == doctest::Approx(sum).epsilon(1e-5));
    }
  });
}
