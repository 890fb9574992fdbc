#include "millet/ops/norm.h"

#include "tests/ops/conformance.h"
#include "tests/ops/golden.h"
#include "tests/ops/row_cases.h"

using namespace millet;
using namespace millet::tests;

static std::vector<double> forward(Rig& rig, const RowCase& c) {
  const Apart x(rig, {c.rows, c.width}, normals(c.rows * c.width, 1));
  const Tensor weight = rig.tensor({c.width}, normals(c.width, 2));
  const Apart y(rig, {c.rows, c.width});
  const Tensor rstd = rig.tensor({c.rows});
  ops::rms_norm(rig.ctx(), x, weight, y, rstd, {.eps = 1e-3F});
  return joined({y.read(), rig.read(rstd)});
}

static std::vector<double> backward_input(Rig& rig, const RowCase& c) {
  const Apart x(rig, {c.rows, c.width}, normals(c.rows * c.width, 1));
  const Apart dy(rig, {c.rows, c.width}, normals(c.rows * c.width, 3));
  const Tensor weight = rig.tensor({c.width}, normals(c.width, 2));
  const Tensor rstd = rig.tensor({c.rows}, std::vector<double>(static_cast<size_t>(c.rows), 0.75));
  const Apart dx(rig, {c.rows, c.width});
  ops::rms_norm_backward_input(rig.ctx(), dy, x, weight, rstd, dx);
  return dx.read();
}

static std::vector<double> backward_weight(Rig& rig, const RowCase& c) {
  const Apart x(rig, {c.rows, c.width}, normals(c.rows * c.width, 1));
  const Apart dy(rig, {c.rows, c.width}, normals(c.rows * c.width, 3));
  const Tensor rstd = rig.tensor({c.rows}, std::vector<double>(static_cast<size_t>(c.rows), 0.75));
  const Tensor dweight = rig.tensor({c.width}, normals(c.width, 4));
  ops::rms_norm_backward_weight(rig.ctx(), dy, x, rstd, dweight);
  return rig.read(dweight);
}

TEST_CASE("rms_norm agrees with the reference on every back end and shape, whatever the threads") {
  check_conformance(row_conformance_cases(), 1e-6, forward);
}

TEST_CASE("rms_norm's backward agrees with the reference on every back end and shape, whatever the threads") {
  check_conformance(row_conformance_cases(), 1e-6, backward_input);
  check_conformance(row_conformance_cases(), 2e-6, backward_weight);
}

TEST_CASE("rms_norm's backward agrees with finite differences of the reference") {
  Rig rig = oracle();
  const int64_t T = 3, H = 5;
  const std::vector<double> x = normals(T * H, 1), weight = normals(H, 2), dy = normals(T * H, 3);
  const Tensor rstd = rig.tensor({T}), y = rig.tensor({T, H}), dx = rig.tensor({T, H}), dweight = rig.tensor({H});
  const auto value = [&](const std::vector<double>& xs, const std::vector<double>& weights) {
    ops::rms_norm(rig.ctx(), rig.tensor({T, H}, xs), rig.tensor({H}, weights), y, rstd, {.eps = 0.1F});
    return dot(rig.read(y), dy);
  };
  value(x, weight);
  const Tensor gradient = rig.tensor({T, H}, dy), input = rig.tensor({T, H}, x);
  ops::rms_norm_backward_input(rig.ctx(), gradient, input, rig.tensor({H}, weight), rstd, dx);
  ops::rms_norm_backward_weight(rig.ctx(), gradient, input, rstd, dweight);
  const std::vector<double> by_input = rig.read(dx), by_weight = rig.read(dweight);
  CHECK(gradient_error(x, by_input, [&](const auto& at) { return value(at, weight); }) < 1e-8);
  CHECK(gradient_error(weight, by_weight, [&](const auto& at) { return value(x, at); }) < 1e-8);
}

TEST_CASE("rms_norm and its backward give PyTorch's values") {
  const Golden golden("rms_norm");
  on_golden_backends([&](Rig& rig, double tolerance) {
    const Tensor x = golden.tensor(rig, "x"), weight = golden.tensor(rig, "weight"), dy = golden.tensor(rig, "dy");
    const Tensor y = rig.tensor(x.shape()), rstd = rig.tensor(golden.shape("rstd"));
    const Tensor dx = rig.tensor(x.shape()), dweight = rig.tensor(weight.shape());
    ops::rms_norm(rig.ctx(), x, weight, y, rstd, {.eps = static_cast<float>(golden.option("eps"))});
    ops::rms_norm_backward_input(rig.ctx(), dy, x, weight, rstd, dx);
    ops::rms_norm_backward_weight(rig.ctx(), dy, x, rstd, dweight);
    CHECK(error(rig.read(y), golden.values("y")) < tolerance);
    CHECK(error(rig.read(rstd), golden.values("rstd")) < tolerance);
    CHECK(error(rig.read(dx), golden.values("dx")) < tolerance);
    CHECK(error(rig.read(dweight), golden.values("dweight")) < tolerance);
  });
}

TEST_CASE("a normalised row's bits do not depend on the rows around it, nor on writing in place") {
  on_every_level([](Rig& rig) {
    const int64_t T = 400, H = 130;
    const std::vector<double> values = normals(T * H, 5);
    const Tensor x = rig.tensor({T, H}, values), weight = rig.tensor({H}, normals(H, 6));
    const Tensor y = rig.tensor({T, H}), alone = rig.tensor({1, H});
    ops::rms_norm(rig.ctx(), x, weight, y, {}, {});
    const std::vector<double> all = rig.read(y);
    for (const int64_t t : {0, 1, 257, 399}) {
      ops::rms_norm(rig.ctx(), x.rows(t, 1), weight, alone, {}, {});
      CHECK(same_bits(rig.read(alone), {all.begin() + t * H, all.begin() + (t + 1) * H}));
    }
    ops::rms_norm(rig.ctx(), x, weight, x, {}, {});
    CHECK(same_bits(rig.read(x), all));
  });
}

TEST_CASE("the gradient of a norm's weight goes on from micro-batch to micro-batch as if they were one") {
  on_every_level([](Rig& rig) {
    const int64_t T = 90, H = 70;
    const Tensor x = rig.tensor({T, H}, normals(T * H, 1)), dy = rig.tensor({T, H}, normals(T * H, 2));
    const Tensor rstd = rig.tensor({T}, normals(T, 3)), whole = rig.tensor({H}), parts = rig.tensor({H});
    ops::rms_norm_backward_weight(rig.ctx(), dy, x, rstd, whole);
    for (const auto& [first, count] : {std::pair{0, 31}, {31, 59}})
      ops::rms_norm_backward_weight(rig.ctx(), dy.rows(first, count), x.rows(first, count), rstd.rows(first, count),
                                    parts);
    CHECK(same_bits(rig.read(parts), rig.read(whole)));
  });
}

TEST_CASE("rms_norm refuses operands of other shapes and types by name") {
  Rig rig("cpu");
  const Tensor x = rig.tensor({2, 128}), y = rig.tensor({2, 128});
  CHECK_THROWS_WITH_AS(ops::rms_norm(rig.ctx(), x, rig.tensor({3}), y, {}),
                       "rms_norm: weight is f32 [3]; expected [128]", Error);
  CHECK_THROWS_WITH_AS(ops::rms_norm(rig.ctx(), x, rig.tensor({128}), y, rig.tensor({3})),
                       "rms_norm: rstd is f32 [3]; expected [2]", Error);
  CHECK_THROWS_WITH_AS(ops::rms_norm(rig.ctx(), x, rig.tensor({128}), rig.ids({2, 128}), {}),
                       "rms_norm: y is i32 [2, 128]; expected f32", Error);
  Rig doubles("cpu", 1, DType::f64);
  CHECK_THROWS_WITH_AS(
      ops::rms_norm(doubles.ctx(), doubles.tensor({2, 4}), doubles.tensor({4}), doubles.tensor({2, 4}), {}),
      doctest::Contains("the cpu computes in f32"), Error);
}
