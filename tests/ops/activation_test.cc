#include "millet/ops/activation.h"

#include "tests/ops/conformance.h"
#include "tests/ops/golden.h"
#include "tests/ops/row_cases.h"

using namespace millet;
using namespace millet::tests;

static std::vector<double> forward(Rig& rig, const RowCase& c) {
  const Apart gate_up(rig, {c.rows, 2 * c.width}, normals(2 * c.rows * c.width, 1, 3));
  const Apart y(rig, {c.rows, c.width});
  ops::swiglu(rig.ctx(), gate_up, y);
  return y.read();
}

static std::vector<double> backward(Rig& rig, const RowCase& c) {
  const Apart gate_up(rig, {c.rows, 2 * c.width}, normals(2 * c.rows * c.width, 1, 3));
  const Apart dy(rig, {c.rows, c.width}, normals(c.rows * c.width, 2));
  const Apart dgate_up(rig, {c.rows, 2 * c.width});
  ops::swiglu_backward(rig.ctx(), dy, gate_up, dgate_up);
  return dgate_up.read();
}

TEST_CASE("swiglu and its backward agree with the reference on every back end and shape, whatever the threads") {
  check_conformance(row_conformance_cases(), 1e-6, forward);
  check_conformance(row_conformance_cases(), 1e-6, backward);
}

TEST_CASE("swiglu's backward agrees with finite differences of the reference") {
  Rig rig = oracle();
  const int64_t R = 3, I = 4;
  const std::vector<double> x = normals(R * 2 * I, 1, 2), dy = normals(R * I, 2);
  const Tensor y = rig.tensor({R, I}), dx = rig.tensor({R, 2 * I});
  ops::swiglu_backward(rig.ctx(), rig.tensor({R, I}, dy), rig.tensor({R, 2 * I}, x), dx);
  CHECK(gradient_error(x, rig.read(dx), [&](const auto& at) {
          ops::swiglu(rig.ctx(), rig.tensor({R, 2 * I}, at), y);
          return dot(rig.read(y), dy);
        }) < 1e-8);
}

TEST_CASE("swiglu and its backward give PyTorch's values") {
  const Golden golden("swiglu");
  on_golden_backends([&](Rig& rig, double tolerance) {
    const Tensor gate_up = golden.tensor(rig, "gate_up"), dy = golden.tensor(rig, "dy");
    const Tensor y = rig.tensor(dy.shape()), dgate_up = rig.tensor(gate_up.shape());
    ops::swiglu(rig.ctx(), gate_up, y);
    ops::swiglu_backward(rig.ctx(), dy, gate_up, dgate_up);
    CHECK(error(rig.read(y), golden.values("y")) < tolerance);
    CHECK(error(rig.read(dgate_up), golden.values("dgate_up")) < tolerance);
  });
}

TEST_CASE("swiglu of huge gates is the gate or nothing, and never NaN") {
  on_every_backend([](Rig& rig) {
    const Tensor gate_up = rig.tensor({1, 8}, {1e4, -1e4, 0, 100, 2, 2, 2, 2}), y = rig.tensor({1, 4});
    ops::swiglu(rig.ctx(), gate_up, y);
    CHECK(rig.read(y)[0] == 2e4);
    CHECK(rig.read(y)[1] == 0);
    CHECK(rig.read(y)[2] == 0);
    CHECK(rig.read(y)[3] == 200);
    ops::swiglu_backward(rig.ctx(), y, gate_up, gate_up);  // in place
    for (const double d : rig.read(gate_up)) CHECK(std::isfinite(d));
  });
}

TEST_CASE("a row's activation does not depend on the rows around it") {
  on_every_level([](Rig& rig) {
    const int64_t R = 200, I = 70;
    const Tensor x = rig.tensor({R, 2 * I}, normals(R * 2 * I, 1)), y = rig.tensor({R, I}), alone = rig.tensor({1, I});
    ops::swiglu(rig.ctx(), x, y);
    const std::vector<double> all = rig.read(y);
    for (const int64_t r : {0, 99, 199}) {
      ops::swiglu(rig.ctx(), x.rows(r, 1), alone);
      CHECK(same_bits(rig.read(alone), {all.begin() + r * I, all.begin() + (r + 1) * I}));
    }
  });
}

TEST_CASE("swiglu refuses a gate_up that is not twice as wide as y") {
  Rig rig("cpu");
  CHECK_THROWS_WITH_AS(ops::swiglu(rig.ctx(), rig.tensor({2, 6}), rig.tensor({2, 4})),
                       "swiglu: gate_up is f32 [2, 6]; expected [2, 8]", Error);
}
