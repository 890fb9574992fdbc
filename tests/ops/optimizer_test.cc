#include "millet/ops/optimizer.h"

#include "tests/ops/conformance.h"
#include "tests/ops/golden.h"
#include "tests/ops/optimizer_cases.h"

using namespace millet;
using namespace millet::tests;

// Three steps; how far the weights moved, and the moments.
static std::vector<double> run_adamw(Rig& rig, const StackCase& c) {
  const Shape shape{c.matrices, c.rows, c.columns};
  const int64_t n = shape.elements();
  const Tensor weight = rig.tensor(shape, normals(n, 1)), m = rig.tensor(shape), v = rig.tensor(shape);
  for (int64_t step = 1; step <= 3; ++step) {
    ops::adamw(rig.ctx(), weight, rig.tensor(shape, normals(n, static_cast<uint64_t>(step) + 1, 0.1)), m, v,
               {.lr = 0.05, .weight_decay = 0.1, .grad_scale = 0.5, .step = step});
  }
  return joined({rig.read(weight), rig.read(m), rig.read(v)});
}

TEST_CASE("adamw agrees with the reference on every back end and shape, whatever the threads") {
  std::vector<StackCase> cases = stack_conformance_cases();
  cases.push_back({3, 100, 101});
  check_conformance(cases, 1e-6, run_adamw);
}

// Two steps from weights of zero, so that nothing hides the direction.
static std::vector<double> run_muon(Rig& rig, const StackCase& c) {
  const Shape shape{c.matrices, c.rows, c.columns};
  const int64_t n = shape.elements();
  const Apart weight(rig, shape), momentum(rig, shape);
  for (uint64_t step = 1; step <= 2; ++step) {
    const Apart grad(rig, shape, normals(n, step));
    ops::muon(rig.ctx(), weight, grad, momentum, {.lr = 1, .weight_decay = 0.1, .grad_scale = 0.5});
  }
  return joined({weight.read(), momentum.read()});
}

TEST_CASE("muon agrees with the reference on every back end and shape, whatever the threads") {
  check_conformance(stack_conformance_cases(), 1e-4, run_muon);
}

TEST_CASE("three steps of adamw are PyTorch's") {
  const Golden golden("adamw");
  on_golden_backends([&](Rig& rig, double tolerance) {
    const Tensor weight = golden.tensor(rig, "weight0"), m = rig.tensor(weight.shape()), v = rig.tensor(weight.shape());
    for (const int64_t step : {1, 2, 3}) {
      const std::string n = std::to_string(step);
      ops::adamw(rig.ctx(), weight, golden.tensor(rig, "grad" + n), m, v,
                 {.lr = golden.option("lr"),
                  .beta1 = golden.option("beta1"),
                  .beta2 = golden.option("beta2"),
                  .eps = golden.option("eps"),
                  .weight_decay = golden.option("weight_decay"),
                  .step = step});
      CHECK(error(rig.read(weight), golden.values("weight" + n)) < tolerance);
      CHECK(error(rig.read(m), golden.values("m" + n)) < tolerance);
      CHECK(error(rig.read(v), golden.values("v" + n)) < tolerance);
    }
  });
}

TEST_CASE("two steps of muon are PyTorch's, wide and tall") {
  for (const char* kind : {"muon_wide", "muon_tall"}) {
    const Golden golden(kind);
    on_golden_backends([&](Rig& rig, double tolerance) {
      const Tensor weight = golden.tensor(rig, "weight0"), momentum = rig.tensor(weight.shape());
      for (const char* n : {"1", "2"}) {
        ops::muon(rig.ctx(), weight, golden.tensor(rig, std::string("grad") + n), momentum,
                  {.lr = golden.option("lr"),
                   .momentum = golden.option("mu"),
                   .weight_decay = golden.option("weight_decay")});
        // PyTorch's epsilon is a bound of the norm, ours is added to it: 1e-7 of some 5000.
        CHECK(error(rig.read(weight), golden.values(std::string("weight") + n)) < std::max(tolerance, 1e-10));
        CHECK(error(rig.read(momentum), golden.values(std::string("momentum") + n)) < tolerance);
      }
    });
  }
}

TEST_CASE("muon treats each matrix of a stack as if it were alone") {
  on_every_level([](Rig& rig) {
    for (const StackCase& c : {StackCase{3, 40, 70}, StackCase{3, 70, 70}, StackCase{2, 90, 24}}) {
      const Shape shape{c.matrices, c.rows, c.columns};
      const std::vector<double> values = normals(shape.elements(), 1), grads = normals(shape.elements(), 2);
      const Tensor stack = rig.tensor(shape, values), one = rig.tensor(shape, values), grad = rig.tensor(shape, grads);
      const Tensor momentum = rig.tensor(shape), momentum_of_one = rig.tensor(shape);
      ops::muon(rig.ctx(), stack, grad, momentum, {});
      for (int64_t b = 0; b < c.matrices; ++b)
        ops::muon(rig.ctx(), one.select(b), grad.select(b), momentum_of_one.select(b), {});
      CHECK(same_bits(rig.read(one), rig.read(stack)));
      CHECK(same_bits(rig.read(momentum_of_one), rig.read(momentum)));
    }
  });
}

TEST_CASE("muon's direction has singular values near one, and the transposed gradient the transposed direction") {
  Rig rig = oracle();
  const int64_t N = 6, K = 9;
  const std::vector<double> g = normals(N * K, 1);
  std::vector<double> turned(g.size());
  for (int64_t n = 0; n < N; ++n) {
    for (int64_t k = 0; k < K; ++k) turned[static_cast<size_t>(k * N + n)] = g[static_cast<size_t>(n * K + k)];
  }
  const auto direction = [&](const Shape& shape, const std::vector<double>& grad) {
    const Tensor weight = rig.tensor(shape), momentum = rig.tensor(shape);
    const double scale = 0.2 * std::sqrt(static_cast<double>(K));
    ops::muon(rig.ctx(), weight, rig.tensor(shape, grad), momentum, {.lr = -1 / scale});
    return rig.read(weight);
  };
  const std::vector<double> o = direction({N, K}, g), t = direction({K, N}, turned);
  for (int64_t i = 0; i < N; ++i) {
    for (int64_t j = 0; j < N; ++j) {
      double product = 0;
      for (int64_t k = 0; k < K; ++k) product += o[static_cast<size_t>(i * K + k)] * o[static_cast<size_t>(j * K + k)];
      CHECK(std::abs(product - (i == j ? 1 : 0)) < 0.5);  // five steps bring σ into 0.7 … 1.2
    }
    for (int64_t k = 0; k < K; ++k)
      CHECK(o[static_cast<size_t>(i * K + k)] == doctest::Approx(t[static_cast<size_t>(k * N + i)]));
  }
}

TEST_CASE("a matrix without gradient only decays, and nothing becomes NaN") {
  on_every_backend([](Rig& rig) {
    const Tensor weight = rig.tensor({1, 3, 2}, {1, 2, 3, 4, 5, 6}), none = rig.tensor({1, 3, 2});
    ops::muon(rig.ctx(), weight, none, rig.tensor({1, 3, 2}), {.lr = 0.5, .weight_decay = 0.5});
    CHECK(rig.read(weight) == std::vector<double>{0.75, 1.5, 2.25, 3, 3.75, 4.5});
    const Tensor m = rig.tensor({1, 3, 2}), v = rig.tensor({1, 3, 2});
    ops::adamw(rig.ctx(), weight, none, m, v, {.lr = 0.5, .weight_decay = 0.5});
    CHECK(rig.read(weight)[0] == 0.5625);
    CHECK(rig.read(m) == rig.read(v));
  });
}

TEST_CASE("the first step of adamw has the size of the learning rate, whatever the gradient's") {
  on_every_backend([](Rig& rig) {
    const Tensor weight = rig.tensor({3}), m = rig.tensor({3}), v = rig.tensor({3});
    ops::adamw(rig.ctx(), weight, rig.tensor({3}, {1e-3, -10, 1e4}), m, v, {.lr = 0.25});
    CHECK(rig.read(weight)[0] == doctest::Approx(-0.25).epsilon(1e-4));
    CHECK(rig.read(weight)[1] == doctest::Approx(0.25).epsilon(1e-4));
    CHECK(rig.read(weight)[2] == doctest::Approx(-0.25).epsilon(1e-4));
  });
}

TEST_CASE("clipping by grad_scale is the same as a smaller gradient") {
  on_every_level([](Rig& rig) {
    const Shape shape{20, 24};
    const std::vector<double> grad = normals(480, 1);
    std::vector<double> half = grad;
    for (double& g : half) g *= 0.5;
    const Tensor a = rig.tensor(shape), b = rig.tensor(shape), m = rig.tensor(shape), n = rig.tensor(shape);
    ops::muon(rig.ctx(), a, rig.tensor(shape, grad), m, {.grad_scale = 0.5});
    ops::muon(rig.ctx(), b, rig.tensor(shape, half), n, {});
    CHECK(same_bits(rig.read(a), rig.read(b)));
    CHECK(same_bits(rig.read(m), rig.read(n)));
  });
}

TEST_CASE("the optimizers refuse operands of other shapes, gaps and a step of zero") {
  Rig rig("cpu");
  const Tensor w = rig.tensor({2, 4});
  CHECK_THROWS_WITH_AS(ops::adamw(rig.ctx(), w, rig.tensor({2, 3}), w, w, {}),
                       "adamw: grad is f32 [2, 3]; expected [2, 4]", Error);
  CHECK_THROWS_WITH_AS(ops::adamw(rig.ctx(), w, w, w, w, {.step = 0}), "adamw: step is 0; steps count from 1", Error);
  const Tensor gaps = rig.tensor({2, 6}).slice(1, 0, 4);
  CHECK_THROWS_WITH_AS(ops::adamw(rig.ctx(), w, gaps, w, w, {}),
                       "adamw: grad has gaps between its rows; expected a dense tensor", Error);
  CHECK_THROWS_WITH_AS(ops::muon(rig.ctx(), rig.tensor({4}), w, w, {}),
                       "muon: weight is f32 [4]; expected [N, K] or [B, N, K]", Error);
  CHECK_THROWS_WITH_AS(ops::muon(rig.ctx(), w, w, rig.tensor({4, 2}), {}),
                       "muon: momentum is f32 [4, 2]; expected [2, 4]", Error);
}
