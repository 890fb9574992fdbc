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
