#include "millet/nn/rms_norm.h"

#include <doctest/doctest.h>

#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("the gradients of a norm agree with finite differences, on a slice of wider rows too") {
  Rig rig = oracle();
  nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::training, DType::f64);
  nn::RmsNorm norm(parameters, "norm", 5, 1e-6F);
  randomise(parameters, 1);
  const Tensor wide = rig.tensor({3, 8}, normals(24, 2));
  const Tensor x = wide.slice(1, 0, 5);
  const std::vector<double> weights = normals(15, 3);
  Arena keep(rig.ctx().device());
  nn::RmsNorm::Saved saved;
  auto loss = [&] {
    const Tensor y = rig.tensor({3, 5});
    norm.forward(rig.ctx(), x, y, keep, saved);
    return dot(rig.read(y), weights);
  };
  loss();
  const Tensor dy = rig.tensor({3, 5}, weights), dx = rig.tensor({3, 5});
  norm.backward_input(rig.ctx(), dy, saved, dx);
  norm.backward_weight(rig.ctx(), dy, saved);
  std::vector<double> dwide(24, 0.0);
  const auto narrow = rig.read(dx);
  for (size_t t = 0; t < 3; ++t)
    std::copy_n(narrow.begin() + static_cast<long>(t * 5), 5, dwide.begin() + static_cast<long>(t * 8));
  check_gradient("x", rig.ctx().device(), wide, dwide, loss, 24);
  check_parameter_gradients(parameters, loss);
}
