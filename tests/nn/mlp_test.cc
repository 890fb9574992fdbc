#include "millet/nn/mlp.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("a dense feed-forward is down · (silu(gate · x) ∘ (up · x)) on every back end") {
  on_every_backend([](Rig& rig) {
    nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::inference);
    const nn::Mlp mlp(parameters, "mlp", 1, 1);
    from_host(rig.ctx().device(), std::vector<float>{2, 3}, parameters.at("mlp.gate_up_proj.weight").value);
    from_host(rig.ctx().device(), std::vector<float>{5}, parameters.at("mlp.down_proj.weight").value);
    Arena keep(rig.ctx().device());
    nn::Mlp::Saved saved;
    const Tensor y = rig.tensor({2, 1});
    mlp.forward(rig.ctx(), rig.tensor({2, 1}, {1, -1}), y, false, keep, saved);
    auto silu = [](double v) { return v / (1 + std::exp(-v)); };
    CHECK(rig.read(y)[0] == doctest::Approx(5 * silu(2) * 3).epsilon(1e-6));
    CHECK(rig.read(y)[1] == doctest::Approx(5 * silu(-2) * -3).epsilon(1e-6));
  });
}

TEST_CASE("gate and up are two matrices to the optimizer") {
  Rig rig = oracle();
  nn::Parameters shapes(rig.ctx().device(), nn::Parameters::Mode::shapes);
  const nn::Mlp mlp(shapes, "mlp", 4, 6);
  CHECK(shapes.at("mlp.gate_up_proj.weight").matrices == 2);
  CHECK(shapes.at("mlp.down_proj.weight").matrices == 1);
  CHECK(mlp.cost(10).flops == 2.0 * 10 * 3 * 4 * 6);
}
