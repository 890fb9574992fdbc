#include "millet/nn/embedding.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "millet/ops/devices.h"
#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("the gradient of an embedding agrees with finite differences, and a frozen one has none") {
  Rig rig = oracle();
  nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::training, DType::f64);
  nn::Embedding table(parameters, "embed", 4, 3);
  CHECK(table.weight().name == "embed.weight");
  randomise(parameters, 1);
  const Tensor ids = rig.ids({5}, {2, 0, -1, 2, 3});
  const std::vector<double> weights = normals(15, 2);
  auto loss = [&] {
    const Tensor y = rig.tensor({5, 3});
    table.forward(rig.ctx(), ids, y);
    return dot(rig.read(y), weights);
  };
  loss();
  const Tensor dy = rig.tensor({5, 3}, weights);
  table.weight().trainable = false;
  table.backward(rig.ctx(), dy, ids);
  CHECK(rig.read(table.weight().grad) == std::vector<double>(12, 0.0));
  table.weight().trainable = true;
  table.backward(rig.ctx(), dy, ids);
  check_parameter_gradients(parameters, loss);
}

TEST_CASE("of a table in its files only the rows that are asked for are read") {
  const auto device = ops::make_device("cpu");
  Context ctx(*device, 2, Log::silent());
  nn::Parameters parameters(*device, nn::Parameters::Mode::mapped);
  nn::Embedding table(parameters, "embed", 4, 3);
  CHECK(table.weight().value.empty());
  CHECK(parameters.bytes() == 0);
  table.weight().stored = [](int64_t first, std::span<float> out) {
    REQUIRE(out.size() == 3);
    for (size_t i = 0; i < 3; ++i) out[i] = static_cast<float>(first) + static_cast<float>(i);
  };
  Buffer memory(*device, 256), result(*device, 256);
  const Tensor ids = memory.tensor(DType::i32, {3}), y = result.tensor(DType::f32, {3, 3});
  from_host(*device, std::vector<int32_t>{3, -1, 1}, ids);
  table.forward(ctx, ids, y);
  CHECK(to_host<float>(*device, y) == std::vector<float>{9, 10, 11, 0, 0, 0, 3, 4, 5});
  from_host(*device, std::vector<int32_t>{3, 4, 1}, ids);
  CHECK_THROWS_WITH_AS(table.forward(ctx, ids, y), "embedding: ids[1] is 4; the table has 4 rows", Error);
}
