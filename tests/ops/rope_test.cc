#include "millet/ops/rope.h"

#include "tests/ops/conformance.h"
#include "tests/ops/golden.h"
#include "tests/ops/rope_cases.h"

using namespace millet;
using namespace millet::tests;

static constexpr int64_t kPositions = 70;

struct Angles {
  std::vector<double> cos, sin;
};

// Angle base^(−2i/D) · p, as rows of a table [P, D/2].
static Angles angles(int64_t width, double base = 10000) {
  Angles a;
  for (int64_t p = 0; p < kPositions; ++p) {
    for (int64_t i = 0; i < width / 2; ++i) {
      const double angle =
          static_cast<double>(p) * std::pow(base, -2 * static_cast<double>(i) / static_cast<double>(width));
      a.cos.push_back(static_cast<double>(static_cast<float>(std::cos(angle))));
      a.sin.push_back(static_cast<double>(static_cast<float>(std::sin(angle))));
    }
  }
  return a;
}

static std::vector<double> run(Rig& rig, const RopeCase& c, ops::RopeOptions options) {
  const Angles table = angles(c.width);
  const Shape half{kPositions, c.width / 2};
  std::vector<int32_t> positions;
  for (int64_t t = 0; t < c.rows; ++t) positions.push_back(static_cast<int32_t>(t * 13 % kPositions));
  const Apart x(rig, {c.rows, c.heads, c.width}, normals(c.rows * c.heads * c.width, 1));
  const Apart y(rig, {c.rows, c.heads, c.width});
  ops::rope(rig.ctx(), x, rig.tensor(half, table.cos), rig.tensor(half, table.sin), rig.ids({c.rows}, positions), y,
            options);
  return y.read();
}

TEST_CASE("rope and its inverse agree with the reference on every back end and shape, whatever the threads") {
  for (const ops::RopePairs pairs : {ops::RopePairs::neighbours, ops::RopePairs::halves}) {
    for (const bool inverse : {false, true}) {
      check_conformance(rope_conformance_cases(), 2e-7,
                        [&](Rig& rig, const RopeCase& c) { return run(rig, c, {.pairs = pairs, .inverse = inverse}); });
    }
  }
}

TEST_CASE("pairs half a head apart turn as neighbouring ones do") {
  on_every_backend([](Rig& rig) {
    const int64_t T = 6, N = 2, D = 22, half = D / 2;
    const Angles table = angles(D);
    const Tensor cos = rig.tensor({kPositions, half}, table.cos), sin = rig.tensor({kPositions, half}, table.sin);
    const Tensor positions = rig.ids({T}, {0, 1, 2, 30, 31, 69});
    const std::vector<double> split = normals(T * N * D, 1);
    std::vector<double> woven(split.size());
    const auto weave = [&](const std::vector<double>& from, std::vector<double>& to) {
      for (size_t i = 0; i < from.size(); ++i) {
        const size_t head = i / D * D, d = i % D;
        to[head + (d < half ? 2 * d : 2 * (d - half) + 1)] = from[i];
      }
    };
    weave(split, woven);
    const Tensor x = rig.tensor({T, N, D}, split), y = rig.tensor({T, N, D}, woven);
    ops::rope(rig.ctx(), x, cos, sin, positions, x, {.pairs = ops::RopePairs::halves});
    ops::rope(rig.ctx(), y, cos, sin, positions, y);
    std::vector<double> got(split.size());
    weave(rig.read(x), got);
    CHECK(got == rig.read(y));
  });
}

TEST_CASE("rotary pairs are neighbours: a score of position 1 against 0 is a sine") {
  // q = (1, 0, 0, 0) at 1, k = (0, 1, 0, 0) at 0, angles (1, 0.01) a position: with half-split pairs it would be 0.
  on_every_backend([](Rig& rig) {
    const Tensor cos = rig.tensor({2, 2}, {1, 1, std::cos(1.0), std::cos(0.01)});
    const Tensor sin = rig.tensor({2, 2}, {0, 0, std::sin(1.0), std::sin(0.01)});
    const Tensor rows = rig.tensor({2, 1, 4}, {1, 0, 0, 0, 0, 1, 0, 0});
    ops::rope(rig.ctx(), rows, cos, sin, rig.ids({2}, {1, 0}), rows);
    const std::vector<double> y = rig.read(rows);
    CHECK(dot({y.begin(), y.begin() + 4}, {y.begin() + 4, y.end()}) == doctest::Approx(0.8414710).epsilon(1e-6));
  });
}

TEST_CASE("scores depend on the distance between positions alone") {
  Rig rig = oracle();
  const int64_t D = 8;
  const Angles table = angles(D);
  const Tensor cos = rig.tensor({kPositions, D / 2}, table.cos), sin = rig.tensor({kPositions, D / 2}, table.sin);
  const std::vector<double> q = normals(D, 1), k = normals(D, 2);
  std::vector<double> scores;
  for (const int32_t shift : {0, 5, 40}) {
    const Tensor rows = rig.tensor({2, 1, D}, joined({q, k}));
    ops::rope(rig.ctx(), rows, cos, sin, rig.ids({2}, {9 + shift, 2 + shift}), rows);
    const std::vector<double> y = rig.read(rows);
    scores.push_back(dot({y.begin(), y.begin() + D}, {y.begin() + D, y.end()}));
  }
  CHECK(scores[1] == doctest::Approx(scores[0]).epsilon(1e-5));
  CHECK(scores[2] == doctest::Approx(scores[0]).epsilon(1e-5));
}

TEST_CASE("the inverse of rope is its gradient") {
  Rig rig = oracle();
  const RopeCase c{3, 2, 6};
  const Angles table = angles(c.width);
  const Tensor cos = rig.tensor({kPositions, c.width / 2}, table.cos);
  const Tensor sin = rig.tensor({kPositions, c.width / 2}, table.sin);
  const Tensor positions = rig.ids({c.rows}, {1, 17, 69});
  const Shape shape{c.rows, c.heads, c.width};
  const std::vector<double> x = normals(shape.elements(), 1), dy = normals(shape.elements(), 2);
  const Tensor y = rig.tensor(shape), dx = rig.tensor(shape, dy);
  ops::rope(rig.ctx(), dx, cos, sin, positions, dx, {.inverse = true});
  CHECK(gradient_error(x, rig.read(dx), [&](const auto& at) {
          ops::rope(rig.ctx(), rig.tensor(shape, at), cos, sin, positions, y);
          return dot(rig.read(y), dy);
        }) < 1e-8);
}

TEST_CASE("rope and its gradient give PyTorch's values") {
  const Golden golden("rope");
  on_golden_backends([&](Rig& rig, double tolerance) {
    const Tensor cos = golden.tensor(rig, "cos"), sin = golden.tensor(rig, "sin");
    const Tensor positions = golden.ids(rig, "positions"), x = golden.tensor(rig, "x"), dy = golden.tensor(rig, "dy");
    ops::rope(rig.ctx(), x, cos, sin, positions, x);
    ops::rope(rig.ctx(), dy, cos, sin, positions, dy, {.inverse = true});
    CHECK(error(rig.read(x), golden.values("y")) < tolerance);
    CHECK(error(rig.read(dy), golden.values("dx")) < tolerance);
  });
}

TEST_CASE("a row's rotation does not depend on the rows around it, nor on writing in place") {
  on_every_level([](Rig& rig) {
    const int64_t T = 60, N = 4, D = 22;
    const Angles table = angles(D);
    const Tensor cos = rig.tensor({kPositions, D / 2}, table.cos), sin = rig.tensor({kPositions, D / 2}, table.sin);
    std::vector<int32_t> at;
    for (int32_t t = 0; t < T; ++t) at.push_back(t);
    const Tensor x = rig.tensor({T, N, D}, normals(T * N * D, 1)), positions = rig.ids({T}, at);
    const Tensor y = rig.tensor({T, N, D}), alone = rig.tensor({1, N, D});
    ops::rope(rig.ctx(), x, cos, sin, positions, y);
    const std::vector<double> all = rig.read(y);
    for (const int64_t t : {0, 31, 59}) {
      ops::rope(rig.ctx(), x.rows(t, 1), cos, sin, positions.rows(t, 1), alone);
      CHECK(same_bits(rig.read(alone), {all.begin() + t * N * D, all.begin() + (t + 1) * N * D}));
    }
    ops::rope(rig.ctx(), x, cos, sin, positions, x);
    CHECK(same_bits(rig.read(x), all));
  });
}

TEST_CASE("rope refuses odd widths, other tables and positions beyond the table") {
  on_every_backend([](Rig& rig) {
    const Tensor table = rig.tensor({8, 2}), x = rig.tensor({2, 1, 4});
    CHECK_THROWS_WITH_AS(ops::rope(rig.ctx(), x, table, table, rig.ids({2}, {0, 8}), x),
                         "rope: positions[1] is 8; the table has 8", Error);
    CHECK_THROWS_WITH_AS(ops::rope(rig.ctx(), x, rig.tensor({8, 4}), table, rig.ids({2}), x),
                         "rope: cos is f32 [8, 4]; expected [8, 2]", Error);
    const Tensor odd = rig.tensor({2, 1, 3});
    CHECK_THROWS_WITH_AS(ops::rope(rig.ctx(), odd, table, table, rig.ids({2}), odd),
                         "rope: x is f32 [2, 1, 3]; its last dimension must be even, it is rotated in pairs", Error);
  });
}
