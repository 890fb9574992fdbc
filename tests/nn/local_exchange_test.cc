#include "millet/nn/local_exchange.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("rows are grouped by expert in token order, and find their way back") {
  on_every_backend([](Rig& rig) {
    nn::LocalExchange exchange(3);
    Arena keep(rig.ctx().device());
    const Tensor expert = rig.ids({3, 2}, {2, 0, 0, -1, 2, 0});
    const nn::Route route = exchange.route(rig.ctx(), expert, keep);
    CHECK(route.rows == 5);
    CHECK(rig.read_ids(route.begin) == std::vector<int32_t>{0, 3, 3, 5});
    CHECK(rig.read_ids(route.source) == std::vector<int32_t>{0, 1, 2, 0, 2});
    CHECK(rig.read_ids(route.slot) == std::vector<int32_t>{3, 0, 1, -1, 4, 2});

    const Tensor x = rig.tensor({3, 2}, {1, 2, 3, 4, 5, 6}), gate = rig.tensor({3, 2}, {0.5, 0.25, 1, 9, 2, 3});
    const Tensor rows = rig.tensor({5, 2}), row_gate = rig.tensor({5});
    exchange.scatter(rig.ctx(), route, x, gate, rows, row_gate).wait();
    CHECK(rig.read(rows) == std::vector<double>{1, 2, 3, 4, 5, 6, 1, 2, 5, 6});
    CHECK(rig.read(row_gate) == std::vector<double>{0.25, 1, 3, 0.5, 2});

    const Tensor y = rig.tensor({3, 2}), back = rig.tensor({3, 2});
    exchange.gather(rig.ctx(), route, rows, row_gate, y, back).wait();
    CHECK(rig.read(y) == std::vector<double>{2, 4, 3, 4, 10, 12});
    CHECK(rig.read(back) == std::vector<double>{0.5, 0.25, 1, 0, 2, 3});  // an absent slot has no gradient
  });
}

TEST_CASE("a batch whose tokens choose nobody has no rows") {
  on_every_backend([](Rig& rig) {
    nn::LocalExchange exchange(2);
    Arena keep(rig.ctx().device());
    const nn::Route route = exchange.route(rig.ctx(), rig.ids({2, 1}, {-1, -1}), keep);
    CHECK(route.rows == 0);
    const Tensor y = rig.tensor({2, 3}, {1, 1, 1, 1, 1, 1});
    exchange.gather(rig.ctx(), route, rig.tensor({0, 3}), {}, y, {}).wait();
    for (const double v : rig.read(y)) CHECK(v == 0);
  });
}

TEST_CASE("an expert that does not exist is refused") {
  Rig rig = oracle();
  nn::LocalExchange exchange(2);
  Arena keep(rig.ctx().device());
  CHECK_THROWS_WITH_AS(exchange.route(rig.ctx(), rig.ids({1, 1}, {2}), keep), doctest::Contains("expert 2 of 2"),
                       Error);
}
