#include "millet/nn/mtp.h"

#include <doctest/doctest.h>

#include "millet/ops/elementwise.h"
#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

namespace {
struct Fixture {
  Rig rig = oracle();
  nn::Parameters parameters{rig.ctx().device(), nn::Parameters::Mode::training, DType::f64};
  nn::BlockDims dims;
  std::unique_ptr<nn::Mtp> mtp;
  nn::RopeTable rope{rig.ctx().device(), DType::f64, nn::inverse_frequencies(2, 10000), 1, 100};
  std::vector<nn::Segment> segments{{.first_row = 0, .rows = 4}};
  nn::Batch batch;
  Tensor h = rig.tensor({4, 6}, normals(24, 1)), next = rig.tensor({4, 6}, normals(24, 2));
  Arena keep{rig.ctx().device()};

  Fixture() {
    dims.hidden = 6;
    dims.attention = nn::MlaDims{.hidden = 6,
                                 .heads = 1,
                                 .kv_lora_rank = 3,
                                 .qk_nope_head_dim = 2,
                                 .qk_rope_head_dim = 2,
                                 .v_head_dim = 3,
                                 .softmax_scale = 0.5};
    dims.intermediate = 5;
    mtp = std::make_unique<nn::Mtp>(parameters, "model.layers.1", dims, 1);
    randomise(parameters, 5);
    rope.reach(4);
    batch.tokens = rig.ids({4});
    batch.positions = rig.ids({4}, {0, 1, 2, 3});
    batch.segments = segments;
    batch.keep = true;
  }
  nn::Mtp::Chunk run() {
    keep.clear();
    nn::Mtp::Chunk c;
    c.block.batch = &batch;
    c.block.keep = &keep;
    mtp->forward(rig.ctx(), h, next, rope, c);
    return c;
  }
};
}  // namespace

TEST_CASE("the embedding is the first half of what eh_proj sees") {
  Fixture f;
  std::vector<double> w(6 * 12, 0.0);
  for (size_t i = 0; i < 6; ++i) w[i * 12 + i] = 1;  // [I | 0]
  from_host(f.rig.ctx().device(), w, f.parameters.at("model.layers.1.eh_proj.weight").value);
  const auto with = f.rig.read(f.run().block.x);
  const Tensor other = f.rig.tensor({4, 6}, normals(24, 9));
  f.h = other;
  CHECK(f.rig.read(f.run().block.x) == with);  // the hidden state does not matter
  f.next = other;
  CHECK(f.rig.read(f.run().block.x) != with);
}

TEST_CASE("every gradient of the MTP module agrees with finite differences") {
  Fixture f;
  const std::vector<double> weights = normals(24, 3);
  auto loss = [&] { return dot(f.rig.read(f.run().hidden), weights); };
  nn::Mtp::Chunk c = f.run();
  const Tensor dh = f.rig.tensor({4, 6}), dnext = f.rig.tensor({4, 6});
  f.mtp->backward(f.rig.ctx(), f.rig.tensor({4, 6}, weights), dh, dnext, f.rope, c);
  const auto dh_values = f.rig.read(dh), dnext_values = f.rig.read(dnext);
  check_gradient("h", f.rig.ctx().device(), f.h, dh_values, loss, 8);
  check_gradient("next", f.rig.ctx().device(), f.next, dnext_values, loss, 8);
  check_parameter_gradients(f.parameters, loss);
}
