#include "millet/nn/block.h"

#include <doctest/doctest.h>

#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

static nn::BlockDims dims(bool moe, int64_t q_lora) {
  nn::BlockDims d;
  d.hidden = 12;
  d.attention = nn::MlaDims{.hidden = 12,
                            .heads = 2,
                            .q_lora_rank = q_lora,
                            .kv_lora_rank = 6,
                            .qk_nope_head_dim = 4,
                            .qk_rope_head_dim = 4,
                            .v_head_dim = 5,
                            .softmax_scale = 0.4};
  d.intermediate = 10;
  d.is_moe = moe;
  d.router = {.hidden = 12,
              .n_routed_experts = 8,
              .num_experts_per_tok = 3,
              .options = {.n_group = 4, .topk_group = 2, .norm_topk_prob = true, .routed_scaling_factor = 2.5}};
  d.moe_intermediate = 7;
  d.n_shared_experts = 2;
  return d;
}

// A batch of two sequences and one block over it.
struct Fixture {
  Rig rig = oracle();
  nn::Parameters parameters{rig.ctx().device(), nn::Parameters::Mode::training, DType::f64};
  nn::Block block;
  nn::RopeTable rope{rig.ctx().device(), DType::f64, nn::inverse_frequencies(4, 10000), 1, 100};
  std::vector<nn::Segment> segments{{.first_row = 0, .rows = 5}, {.first_row = 5, .rows = 4}};
  nn::Batch batch;
  Tensor x = rig.tensor({9, 12}, normals(9 * 12, 1));
  std::vector<double> weights = normals(9 * 12, 2);
  Arena keep{rig.ctx().device()};

  explicit Fixture(const nn::BlockDims& d) : block(parameters, "model.layers.0", d, 0) {
    randomise(parameters, 3);
    rope.reach(10);
    batch.tokens = rig.ids({9});
    batch.positions = rig.ids({9}, {0, 1, 2, 3, 4, 0, 1, 2, 3});
    batch.segments = segments;
    batch.keep = true;
  }

  nn::Block::Chunk chunk(ConstTensor coefficient = {}) {
    keep.clear();
    nn::Block::Chunk c;
    c.batch = &batch;
    c.keep = &keep;
    c.x = x;
    c.y = keep.tensor(DType::f64, {9, 12});
    c.balance_coefficient = coefficient;
    return c;
  }
  double loss(ConstTensor coefficient = {}) {
    nn::Block::Chunk c = chunk(coefficient);
    block.forward(rig.ctx(), c, rope);
    double sum = dot(rig.read(c.y), weights);
    if (!coefficient.empty()) {
      const Tensor balance = rig.tensor({2});
      block.router()->balance_loss(rig.ctx(), batch, c.router, balance);
      sum += dot(rig.read(balance), rig.read(coefficient));
    }
    return sum;
  }
};

TEST_CASE("every gradient of a block agrees with finite differences: dense and sparse, with and without q latent") {
  for (const bool moe : {false, true}) {
    for (const int64_t q_lora : {0, 6}) {
      CAPTURE(moe);
      CAPTURE(q_lora);
      Fixture f(dims(moe, q_lora));
      const Tensor coefficient = moe ? f.rig.tensor({2}, {0.3, 0.7}) : Tensor();
      nn::Block::Chunk c = f.chunk(coefficient);
      f.block.forward(f.rig.ctx(), c, f.rope);
      c.dy = f.rig.tensor({9, 12}, f.weights);
      c.dx = f.rig.tensor({9, 12});
      f.block.backward(f.rig.ctx(), c, f.rope);
      const std::vector<double> dx = f.rig.read(c.dx);
      auto loss = [&] { return f.loss(coefficient); };
      check_gradient("x", f.rig.ctx().device(), f.x, dx, loss, 12);
      check_parameter_gradients(f.parameters, loss);
    }
  }
}

TEST_CASE("weight pieces may run long after their input pieces") {
  Fixture f(dims(true, 6));
  auto gradients = [&](bool late) {
    f.parameters.zero_grad();
    nn::Block::Chunk c = f.chunk();
    f.block.forward(f.rig.ctx(), c, f.rope);
    c.dy = f.rig.tensor({9, 12}, f.weights);
    c.dx = f.rig.tensor({9, 12});
    using enum nn::Piece;
    const std::vector<nn::Piece> order =
        late ? std::vector{combine_b, experts_b, dispatch_b, attention_b, attention_w, experts_w}
             : std::vector(nn::kBackwardPieces.begin(), nn::kBackwardPieces.end());
    for (const nn::Piece p : order) f.block.run(f.rig.ctx(), p, c, f.rope);
    std::vector<double> all;
    for (const nn::Parameter& p : f.parameters) {
      const auto g = f.rig.read(p.grad);
      all.insert(all.end(), g.begin(), g.end());
    }
    return all;
  };
  CHECK(gradients(false) == gradients(true));
}

TEST_CASE("the correction bias gets no gradient and decides who is chosen") {
  Fixture f(dims(true, 0));
  nn::Parameter& bias = *f.block.router()->bias();
  CHECK_FALSE(bias.trainable);
  nn::Block::Chunk c = f.chunk();
  f.block.forward(f.rig.ctx(), c, f.rope);
  const auto before = f.rig.read_ids(c.router.expert);
  from_host(f.rig.ctx().device(), std::vector<double>{9, 9, 9, 9, 0, 0, 0, 0}, bias.value);
  nn::Block::Chunk d = f.chunk();
  f.block.forward(f.rig.ctx(), d, f.rope);
  CHECK(before != f.rig.read_ids(d.router.expert));
  for (const int32_t e : f.rig.read_ids(d.router.expert)) CHECK(e < 4);
}
