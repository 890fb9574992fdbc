#include "millet/train/optimizer.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

namespace {
struct Fixture {
  Rig rig{"cpu"};
  nn::Parameters parameters{rig.ctx().device(), nn::Parameters::Mode::training};
  nn::Parameter& matrix = parameters.add("m", {4, 3}, nn::Role::matrix);
  nn::Parameter& embedding = parameters.add("e", {5, 3}, nn::Role::embedding);
  nn::Parameter& vector = parameters.add("v", {3}, nn::Role::vector);
  nn::Parameter& frozen = parameters.add("f", {3}, nn::Role::vector);
  Fixture() {
    frozen.trainable = false;
    randomise(parameters, 1);
  }
};
}  // namespace

TEST_CASE("decay touches matrices, not vectors, embeddings or what is frozen") {
  Fixture f;
  train::Optimizer optimizer({.weight_decay = 0.5}, f.parameters);
  const auto matrix = f.rig.read(f.matrix.value), embedding = f.rig.read(f.embedding.value),
             vector = f.rig.read(f.vector.value);
  optimizer.step(f.rig.ctx(), 0.1);  // with gradients of zero only decay moves anything
  CHECK(f.rig.read(f.matrix.value)[0] == doctest::Approx(0.95 * matrix[0]));
  CHECK(f.rig.read(f.embedding.value) == embedding);
  CHECK(f.rig.read(f.vector.value) == vector);
}

TEST_CASE("Muon takes matrices alone and keeps one moment of them") {
  Fixture f;
  train::Optimizer optimizer({.name = "muon"}, f.parameters);
  std::vector<std::string> names;
  optimizer.visit_state([&](const std::string& name, const Tensor&) { names.push_back(name); });
  CHECK(names == std::vector<std::string>{"m.momentum", "e.m", "e.v", "v.m", "v.v"});
}

TEST_CASE("clipping scales by the norm over all weights, and reports it unclipped") {
  Fixture f;
  from_host(f.rig.ctx().device(), std::vector<float>(12, 3.0F), f.matrix.grad);
  from_host(f.rig.ctx().device(), std::vector<float>(3, 4.0F), f.vector.grad);
  train::Optimizer optimizer({.weight_decay = 0, .clip = 1}, f.parameters);
  const auto outcome = optimizer.step(f.rig.ctx(), 0.1);
  CHECK(outcome.grad_norm == doctest::Approx(std::sqrt(12 * 9 + 3 * 16)));
  double m0 = 0;
  optimizer.visit_state([&](const std::string& name, const Tensor& t) {
    if (name == "m.m") m0 = f.rig.read(t)[0];
  });
  CHECK(m0 == doctest::Approx(0.1 * 3 / outcome.grad_norm));
}

TEST_CASE("a gradient that is not finite moves nothing and is reported") {
  Fixture f;
  from_host(f.rig.ctx().device(), std::vector<float>{1, NAN, 0}, f.vector.grad);
  train::Optimizer optimizer({}, f.parameters);
  const auto before = f.rig.read(f.matrix.value);
  CHECK(optimizer.step(f.rig.ctx(), 0.1).skipped);
  CHECK(optimizer.steps() == 0);
  CHECK(f.rig.read(f.matrix.value) == before);
}

TEST_CASE("a step moves the version of what it moved") {
  Fixture f;
  train::Optimizer optimizer({}, f.parameters);
  const uint64_t matrix = f.matrix.version, frozen = f.frozen.version;
  optimizer.step(f.rig.ctx(), 0.1);
  CHECK(f.matrix.version > matrix);
  CHECK(f.frozen.version == frozen);
}
