#include "millet/nn/parameters.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("a name is registered once and keeps its address") {
  Rig rig = oracle();
  nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::training);
  nn::Parameter& first = parameters.add("a", {2, 3}, nn::Role::matrix);
  for (int i = 0; i < 100; ++i) parameters.add("p" + std::to_string(i), {1}, nn::Role::vector);
  CHECK(&first == &parameters.at("a"));
  CHECK_THROWS_WITH_AS(parameters.add("a", {1}, nn::Role::vector), doctest::Contains("'a' is registered already"),
                       Error);
  CHECK_THROWS_WITH_AS(parameters.at("b"), doctest::Contains("there is no 'b'"), Error);
  CHECK(parameters.elements() == 106);
}

TEST_CASE("gradients exist in training alone, memory not for shapes") {
  Rig rig = oracle();
  nn::Parameters shapes(rig.ctx().device(), nn::Parameters::Mode::shapes);
  CHECK(shapes.add("huge", {1 << 30, 1 << 30}, nn::Role::matrix).value.empty());
  CHECK(shapes.bytes() == 0);
  nn::Parameters inference(rig.ctx().device(), nn::Parameters::Mode::inference);
  const nn::Parameter& p = inference.add("w", {4}, nn::Role::vector);
  CHECK_FALSE(p.value.empty());
  CHECK(p.grad.empty());
  nn::Parameters training(rig.ctx().device(), nn::Parameters::Mode::training);
  nn::Parameter& q = training.add("w", {4}, nn::Role::vector);
  from_host(rig.ctx().device(), std::vector<float>{1, 2, 3, 4}, q.grad);
  training.zero_grad();
  for (const float g : to_host<float>(rig.ctx().device(), q.grad)) CHECK(g == 0);
}
