#include "millet/ops/permute.h"

#include "tests/ops/conformance.h"
#include "tests/ops/row_cases.h"

using namespace millet;
using namespace millet::tests;

static constexpr int64_t kSources = 9;  // rows there are to take from

static std::vector<double> gather(Rig& rig, const RowCase& c) {
  std::vector<int32_t> source;
  for (int64_t r = 0; r < c.rows; ++r) source.push_back(static_cast<int32_t>(r * 5 % kSources));
  const Apart x(rig, {kSources, c.width}, normals(kSources * c.width, 1));
  const Apart y(rig, {c.rows, c.width});
  const Tensor single = rig.tensor({c.rows});
  ops::gather_rows(rig.ctx(), x, rig.ids({c.rows}, source), y);
  ops::gather_rows(rig.ctx(), rig.tensor({kSources}, normals(kSources, 2)), rig.ids({c.rows}, source), single);
  return joined({y.read(), rig.read(single)});
}

static std::vector<double> combine(Rig& rig, const RowCase& c) {
  const int64_t k = 3;
  std::vector<int32_t> slot;
  for (int64_t i = 0; i < c.rows * k; ++i) slot.push_back(static_cast<int32_t>(i * 7 % (kSources + 1)) - 1);
  const Apart rows(rig, {kSources, c.width}, normals(kSources * c.width, 1));
  const Apart y(rig, {c.rows, c.width});
  ops::combine_rows(rig.ctx(), rows, rig.ids({c.rows, k}, slot), y);
  return y.read();
}

TEST_CASE("gather_rows moves rows and single elements exactly, on every back end and shape") {
  check_conformance(row_conformance_cases(), 0, gather);
}

TEST_CASE("combine_rows agrees with the reference on every back end and shape, whatever the threads") {
  check_conformance(row_conformance_cases(), 3e-7, combine);
}

TEST_CASE("rows are added in slot order, and a token without rows is exactly zero") {
  on_every_backend([](Rig& rig) {
    const Tensor rows = rig.tensor({3, 1}, {1, 16777216, -16777216}), y = rig.tensor({4, 1}, {5, 5, 5, 5});
    ops::combine_rows(rig.ctx(), rows, rig.ids({4, 3}, {0, 1, 2, 1, 2, 0, -1, 0, -1, -1, -1, -1}), y);
    const bool f32_order = rig.name().rfind("cpu", 0) == 0;  // the reference adds in double
    CHECK(rig.read(y) == std::vector<double>{f32_order ? 0.0 : 1.0, 1, 1, 0});
  });
}

TEST_CASE("gathering and combining are each other's transpose") {
  Rig rig = oracle();
  const int64_t T = 4, H = 3, R = 6;
  const Tensor source = rig.ids({R}, {2, 0, 0, 3, 2, 1}), slot = rig.ids({T, 2}, {1, 2, 5, -1, 0, 4, 3, -1});
  const std::vector<double> x = normals(T * H, 1), dy = normals(R * H, 2);
  const Tensor y = rig.tensor({R, H}), dx = rig.tensor({T, H});
  ops::gather_rows(rig.ctx(), rig.tensor({T, H}, x), source, y);
  ops::combine_rows(rig.ctx(), rig.tensor({R, H}, dy), slot, dx);
  CHECK(dot(rig.read(y), dy) == doctest::Approx(dot(rig.read(dx), x)).epsilon(1e-12));
}

TEST_CASE("gather_rows moves ids too") {
  on_every_backend([](Rig& rig) {
    const Tensor y = rig.ids({3});
    ops::gather_rows(rig.ctx(), rig.ids({2}, {7, 1 << 30}), rig.ids({3}, {1, 0, 1}), y);
    CHECK(rig.read_ids(y) == std::vector<int32_t>{1 << 30, 7, 1 << 30});
  });
}

TEST_CASE("indices beyond the rows are refused with their place") {
  on_every_backend([](Rig& rig) {
    const Tensor x = rig.tensor({2, 3}), y = rig.tensor({2, 3});
    CHECK_THROWS_WITH_AS(ops::gather_rows(rig.ctx(), x, rig.ids({2}, {0, -1}), y),
                         "gather_rows: source[1] is -1; x has 2 rows", Error);
    CHECK_THROWS_WITH_AS(ops::combine_rows(rig.ctx(), x, rig.ids({2, 1}, {0, 2}), y),
                         "combine_rows: slot[1, 0] is 2; there are 2 rows", Error);
    CHECK_THROWS_WITH_AS(ops::combine_rows(rig.ctx(), x, rig.ids({1, 1}), y),
                         "combine_rows: y is f32 [2, 3]; expected [1, 3]", Error);
  });
}
