#include "millet/nn/router.h"

#include <doctest/doctest.h>

#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

static const nn::RouterDims kDims{.hidden = 3, .n_routed_experts = 4, .num_experts_per_tok = 2, .options = {}};

TEST_CASE("only forwards that training keeps are counted as load") {
  on_every_backend([](Rig& rig) {
    nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::training);
    nn::Router router(parameters, "gate", kDims);
    randomise(parameters, 1);
    Arena keep(rig.ctx().device());
    const Tensor x = rig.tensor({5, 3}, normals(15, 2));
    nn::Router::Saved saved;
    nn::Batch batch;
    auto total = [&] {
      int64_t sum = 0;
      for (const int32_t n : rig.read_ids(router.load())) sum += n;
      return sum;
    };
    router.forward(rig.ctx(), batch, x, keep, saved);
    CHECK(total() == 0);
    batch.keep = true;
    router.forward(rig.ctx(), batch, x, keep, saved);
    router.forward(rig.ctx(), batch, x, keep, saved);
    CHECK(total() == 20);
  });
}

TEST_CASE("the gradient through gates and balance loss agrees with finite differences") {
  Rig rig = oracle();
  nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::training, DType::f64);
  nn::Router router(parameters, "gate", kDims);
  randomise(parameters, 1);
  const Tensor x = rig.tensor({6, 3}, normals(18, 2));
  const std::vector<double> weights = normals(12, 3);
  const std::vector<nn::Segment> segments{{.first_row = 0, .rows = 2}, {.first_row = 2, .rows = 4}};
  const nn::Batch batch{.segments = segments, .keep = true};
  const Tensor coefficient = rig.tensor({2}, {0.4, 0.9});
  Arena keep(rig.ctx().device());
  nn::Router::Saved saved;
  auto loss = [&] {
    router.forward(rig.ctx(), batch, x, keep, saved);
    const Tensor balance = rig.tensor({2});
    router.balance_loss(rig.ctx(), batch, saved, balance);
    return dot(rig.read(saved.gate), weights) + dot(rig.read(balance), rig.read(coefficient));
  };
  loss();
  const Tensor dx = rig.tensor({6, 3});
  router.backward_input(rig.ctx(), batch, rig.tensor({6, 2}, weights), coefficient, dx, keep, saved);
  router.backward_weight(rig.ctx(), saved);
  const auto gradient = rig.read(dx);
  check_gradient("x", rig.ctx().device(), x, gradient, loss, 18);
  check_parameter_gradients(parameters, loss);
}
