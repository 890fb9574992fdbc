#include "millet/ops/elementwise.h"

#include "tests/ops/conformance.h"
#include "tests/ops/row_cases.h"

using namespace millet;
using namespace millet::tests;

// Element by element, on dense and on strided rows; the results one after the other.
static std::vector<double> run_elements(Rig& rig, const RowCase& c) {
  const Shape shape{c.rows, c.width};
  const std::vector<double> first = normals(c.rows * c.width, 1), second = normals(c.rows * c.width, 2);
  const Tensor dense = rig.tensor(shape);
  const Apart a(rig, shape, first), b(rig, shape, second), sum(rig, shape), scaled(rig, shape), filled(rig, shape),
      copied(rig, shape), by_row(rig, shape);
  ops::add(rig.ctx(), rig.tensor(shape, first), rig.tensor(shape, second), dense);
  ops::add(rig.ctx(), a, rig.tensor(shape, second), sum);
  ops::scale(rig.ctx(), a, 0.3, scaled);
  ops::fill(rig.ctx(), filled, -1.5);
  ops::copy(rig.ctx(), b, copied);
  ops::scale_rows(rig.ctx(), a, rig.tensor({c.rows}, normals(c.rows, 3)), by_row);
  return joined({rig.read(dense), sum.read(), scaled.read(), filled.read(), copied.read(), by_row.read()});
}

static std::vector<double> run_row_dot(Rig& rig, const RowCase& c) {
  const Shape shape{c.rows, c.width};
  const Apart a(rig, shape, normals(c.rows * c.width, 1)), b(rig, shape, normals(c.rows * c.width, 2));
  const Tensor y = rig.tensor({c.rows});
  ops::row_dot(rig.ctx(), a, b, y);
  return rig.read(y);
}

static std::vector<double> run_sum_of_squares(Rig& rig, const RowCase& c) {
  const Apart x(rig, {c.rows, c.width}, normals(c.rows * c.width, 1));
  return {ops::sum_of_squares(rig.ctx(), x)};
}

TEST_CASE("elementwise operations agree with the reference on every back end and shape, whatever the threads") {
  check_conformance(row_conformance_cases(), 1e-7, run_elements);
  check_conformance(row_conformance_cases(), 1e-6, run_row_dot);
  check_conformance(row_conformance_cases(), 1e-12, run_sum_of_squares);
}

static std::vector<double> run_heads(Rig& rig, const RowCase& c) {
  const int64_t N = 3;
  const Apart x(rig, {c.rows, c.width}, normals(c.rows * c.width, 1)), dx(rig, {c.rows, c.width});
  const Apart dy(rig, {c.rows, N, c.width}, normals(c.rows * N * c.width, 2)), y(rig, {c.rows, N, c.width});
  ops::broadcast_heads(rig.ctx(), x, y);
  ops::sum_heads(rig.ctx(), dy, dx);
  return joined({y.read(), dx.read()});
}

TEST_CASE("broadcasting to heads and summing over them agree with the reference, whatever the threads") {
  check_conformance(row_conformance_cases(), 1e-6, run_heads);
}

TEST_CASE("copies and sums reach every element of tensors whose strides cannot be joined") {
  on_every_backend([](Rig& rig) {
    const std::vector<double> values = normals(3 * 5 * 4 * 7, 1);
    const Tensor whole = rig.tensor({3, 5, 4, 7}, values), y = rig.tensor({3, 4, 3, 6}), sum = rig.tensor({3, 4, 3, 6});
    const Tensor part = whole.slice(1, 1, 4).slice(2, 1, 3).slice(3, 0, 6);  // gaps in every dimension
    ops::copy(rig.ctx(), part, y);
    ops::add(rig.ctx(), part, y, sum);
    const std::vector<double> got = rig.read(y), twice = rig.read(sum);
    double squares = 0;
    for (size_t i = 0; i < got.size(); ++i) {
      const size_t l = i % 6, k = i / 6 % 3 + 1, j = i / 18 % 4 + 1, m = i / 72;
      CHECK(got[i] == values[((m * 5 + j) * 4 + k) * 7 + l]);
      CHECK(twice[i] == 2 * got[i]);
      squares += got[i] * got[i];
    }
    CHECK(ops::sum_of_squares(rig.ctx(), part) == doctest::Approx(squares).epsilon(1e-12));
    ops::fill(rig.ctx(), part, 0);
    CHECK(ops::sum_of_squares(rig.ctx(), part) == 0);
    CHECK(rig.read(whole).front() == values.front());
  });
}

TEST_CASE("copy moves ids and bytes as well") {
  on_every_backend([](Rig& rig) {
    const Tensor ids = rig.ids({2, 3}, {1, -2, 3, 1 << 30, 5, -6}), to = rig.ids({2, 2});
    ops::copy(rig.ctx(), ids.slice(1, 1, 2), to);
    CHECK(rig.read_ids(to) == std::vector<int32_t>{-2, 3, 5, -6});
    CHECK_THROWS_WITH_AS(ops::copy(rig.ctx(), ids, rig.tensor({2, 3})), "copy: y is f32 [2, 3]; expected i32", Error);
  });
}

TEST_CASE("an output may be an input") {
  on_every_backend([](Rig& rig) {
    const Tensor a = rig.tensor({3}, {1, 2, 3}), b = rig.tensor({3}, {10, 20, 30});
    ops::add(rig.ctx(), a, b, b);
    ops::scale(rig.ctx(), b, 2, b);
    ops::copy(rig.ctx(), b, b);
    CHECK(rig.read(b) == std::vector<double>{22, 44, 66});
  });
}

TEST_CASE("a sum of squares depends neither on strides nor on the level, and does not overflow in f32") {
  std::vector<double> sums;
  on_every_level([&](Rig& rig) {
    const std::vector<double> values = normals(9 * 5000, 1, 1e25);
    const Apart apart(rig, {9, 5000}, values);
    sums.push_back(ops::sum_of_squares(rig.ctx(), rig.tensor({9, 5000}, values)));
    sums.push_back(ops::sum_of_squares(rig.ctx(), apart));
  });
  for (const double s : sums) CHECK(s == sums[0]);
  CHECK(sums[0] == doctest::Approx(45000e50).epsilon(0.05));
}

TEST_CASE("elementwise operations refuse operands that do not agree, by name") {
  Rig rig("cpu");
  const Tensor a = rig.tensor({2, 3}), b = rig.tensor({3, 2});
  CHECK_THROWS_WITH_AS(ops::add(rig.ctx(), a, b, a), "add: b is f32 [3, 2]; expected [2, 3]", Error);
  CHECK_THROWS_WITH_AS(ops::add(rig.ctx(), {}, b, a), "add: a is absent", Error);
  CHECK_THROWS_WITH_AS(ops::fill(rig.ctx(), rig.ids({2}), 0), "fill: y is i32 [2]; expected f32 or f64", Error);
  CHECK_THROWS_WITH_AS(ops::scale_rows(rig.ctx(), a, rig.tensor({3}), a), "scale_rows: weight is f32 [3]; expected [2]",
                       Error);
  CHECK_THROWS_WITH_AS(ops::sum_heads(rig.ctx(), a, a), "sum_heads: dy is f32 [2, 3]; expected 3 dimensions", Error);
}
