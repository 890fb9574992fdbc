#include "millet/model/init.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/core/error.h"
#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;

static double deviation(const std::vector<double>& v) {
  double squares = 0;
  for (const double x : v) squares += x * x;
  return std::sqrt(squares / static_cast<double>(v.size()));
}

TEST_CASE("a weight's first value depends on seed, name and element, not on what else there is") {
  Rig rig("cpu");
  nn::Parameters alone(rig.ctx().device(), nn::Parameters::Mode::inference);
  const nn::Parameter& a = alone.add("w", {30, 20}, nn::Role::matrix);
  model::initialise(alone, 3, {});
  nn::Parameters more(rig.ctx().device(), nn::Parameters::Mode::inference);
  more.add("other", {5, 5}, nn::Role::matrix);
  const nn::Parameter& b = more.add("w", {30, 20}, nn::Role::matrix);
  model::initialise(more, 3, {});
  CHECK(rig.read(a.value) == rig.read(b.value));
  model::initialise(more, 4, {});
  CHECK(rig.read(a.value) != rig.read(b.value));
}

TEST_CASE("each role gets its scale") {
  Rig rig("cpu");
  nn::Parameters p(rig.ctx().device(), nn::Parameters::Mode::inference);
  const nn::Parameter& matrix = p.add("m", {100, 64}, nn::Role::matrix);
  nn::Parameter& output = p.add("o", {100, 64}, nn::Role::matrix);
  output.residual_output = true;
  const nn::Parameter& embedding = p.add("e", {100, 64}, nn::Role::embedding);
  const nn::Parameter& norm = p.add("n", {8}, nn::Role::vector);
  nn::Parameter& bias = p.add("b", {8}, nn::Role::bias);
  bias.trainable = false;
  model::initialise(p, 1, {.layers = 8});
  CHECK(deviation(rig.read(matrix.value)) == doctest::Approx(0.125).epsilon(0.05));
  CHECK(deviation(rig.read(output.value)) == doctest::Approx(0.03125).epsilon(0.05));
  CHECK(deviation(rig.read(embedding.value)) == doctest::Approx(1).epsilon(0.05));
  CHECK(rig.read(norm.value) == std::vector<double>(8, 1.0));
  CHECK(rig.read(bias.value) == std::vector<double>(8, 0.0));
  model::initialise(p, 1, {.scheme = model::Init::plain, .standard_deviation = 0.006});
  CHECK(deviation(rig.read(embedding.value)) == doctest::Approx(0.006).epsilon(0.05));
  CHECK_THROWS_AS(model::parse_init("xavier"), Error);
}

TEST_CASE("distinct numbers repeat, and the first of them are those of the full initialisation") {
  Rig rig("cpu");
  nn::Parameters p(rig.ctx().device(), nn::Parameters::Mode::inference);
  const nn::Parameter& w = p.add("w", {30, 20}, nn::Role::matrix);
  model::initialise(p, 3, {});
  const auto full = rig.read(w.value);
  model::initialise(p, 3, {.distinct = 101});
  const auto quick = rig.read(w.value);
  for (size_t i = 0; i < quick.size(); ++i) CHECK(quick[i] == full[i % 101]);
}
