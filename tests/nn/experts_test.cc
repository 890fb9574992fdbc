#include "millet/nn/experts.h"

#include <doctest/doctest.h>

#include "millet/nn/mlp.h"
#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("each row goes through its expert alone and is weighed by its gate") {
  on_every_backend([](Rig& rig) {
    nn::Parameters stacked(rig.ctx().device(), nn::Parameters::Mode::inference);
    const nn::Experts experts(stacked, "e", {.hidden = 5, .intermediate = 3, .n_experts = 3});
    randomise(stacked, 1);
    const Tensor rows = rig.tensor({4, 5}, normals(20, 2)), gates = rig.tensor({4}, {1, 0.5, 2, 1});
    Arena keep(rig.ctx().device());
    nn::Experts::Saved saved;
    const Tensor y = rig.tensor({4, 5});
    experts.forward(rig.ctx(), rows, gates, rig.ids({4}, {0, 1, 1, 4}), y, false, keep, saved);

    // Expert 2 by itself, on the last three rows.
    nn::Parameters alone(rig.ctx().device(), nn::Parameters::Mode::inference);
    const nn::Mlp mlp(alone, "m", 5, 3);
    rig.ctx().device().copy(alone.at("m.gate_up_proj.weight").value.data(),
                            stacked.at("e.gate_up_proj.weight").value.select(2).data(), 6 * 5 * 4);
    rig.ctx().device().copy(alone.at("m.down_proj.weight").value.data(),
                            stacked.at("e.down_proj.weight").value.select(2).data(), 5 * 3 * 4);
    nn::Mlp::Saved mlp_saved;
    const Tensor want = rig.tensor({3, 5});
    mlp.forward(rig.ctx(), rows.rows(1, 3), want, false, keep, mlp_saved);
    const auto got = rig.read(y), expected = rig.read(want);
    const std::vector<double> gate{0.5, 2, 1};
    for (size_t i = 0; i < 15; ++i) CHECK(got[5 + i] == gate[i / 5] * expected[i]);
  });
}

TEST_CASE("the gradients of the experts agree with finite differences, the gates' too") {
  Rig rig = oracle();
  nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::training, DType::f64);
  nn::Experts experts(parameters, "e", {.hidden = 4, .intermediate = 3, .n_experts = 3});
  randomise(parameters, 1);
  const Tensor rows = rig.tensor({5, 4}, normals(20, 2)), gates = rig.tensor({5}, {1, 0.5, 2, 1, 0.7});
  const Tensor begin = rig.ids({4}, {0, 2, 2, 5});
  const std::vector<double> weights = normals(20, 3);
  Arena keep(rig.ctx().device());
  nn::Experts::Saved saved;
  auto loss = [&] {
    const Tensor y = rig.tensor({5, 4});
    experts.forward(rig.ctx(), rows, gates, begin, y, false, keep, saved);
    return dot(rig.read(y), weights);
  };
  loss();
  const Tensor drows = rig.tensor({5, 4}), dgates = rig.tensor({5});
  experts.backward_input(rig.ctx(), rig.tensor({5, 4}, weights), drows, dgates, keep, saved);
  experts.backward_weight(rig.ctx(), saved);
  const auto dr = rig.read(drows), dg = rig.read(dgates);
  check_gradient("rows", rig.ctx().device(), rows, dr, loss, 10);
  check_gradient("gates", rig.ctx().device(), gates, dg, loss, 5);
  check_parameter_gradients(parameters, loss);
  // An expert without rows has a gradient of exactly zero.
  const auto g = rig.read(parameters.at("e.down_proj.weight").grad);
  for (size_t i = 12; i < 24; ++i) CHECK(g[i] == 0);
}
