#include "millet/nn/gqa.h"

#include <doctest/doctest.h>

#include "millet/nn/kv_cache.h"
#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

static nn::GqaDims dims(bool bias, bool norm) {
  return {.hidden = 12,
          .heads = 4,
          .kv_heads = 2,
          .head_dim = 6,
          .qkv_bias = bias,
          .output_bias = bias,
          .qk_norm = norm,
          .norm_eps = 1e-3F,
          .softmax_scale = 0.5};
}

// Two sequences in one batch.
static const std::vector<nn::Segment> kSegments{{.first_row = 0, .rows = 5}, {.first_row = 5, .rows = 3}};
static const std::vector<int32_t> kPositions{0, 1, 2, 3, 4, 0, 1, 2};

TEST_CASE("gradients of inputs and weights agree with finite differences, with biases and norms and without") {
  for (const auto& [bias, norm] : {std::pair{false, false}, {true, false}, {false, true}, {true, true}}) {
    CAPTURE(bias);
    CAPTURE(norm);
    Rig rig = oracle();
    Context& ctx = rig.ctx();
    nn::Parameters parameters(ctx.device(), nn::Parameters::Mode::training, DType::f64);
    nn::Gqa attention(parameters, "attn", dims(bias, norm));
    randomise(parameters, 1);
    nn::RopeTable rope(ctx.device(), DType::f64, nn::inverse_frequencies(6, 100), 1, 10);
    rope.reach(8);
    const nn::Batch batch{
        .tokens = rig.ids({8}), .positions = rig.ids({8}, kPositions), .segments = kSegments, .keep = true};
    const Tensor x = rig.tensor({8, 12}, normals(8 * 12, 2)), y = rig.tensor({8, 12}), dx = rig.tensor({8, 12});
    const std::vector<double> weights = normals(8 * 12, 3);
    Arena keep(ctx.device());
    nn::Gqa::Saved saved;
    const auto loss = [&] {
      keep.clear();
      saved = {};
      attention.forward(ctx, batch, x, rope, 0, y, keep, saved);
      return dot(rig.read(y), weights);
    };
    loss();
    attention.backward_input(ctx, batch, rig.tensor({8, 12}, weights), rope, dx, keep, saved);
    attention.backward_weight(ctx, saved);
    check_gradient("x", ctx.device(), x, rig.read(dx), loss, 12);
    check_parameter_gradients(parameters, loss);
  }
}

TEST_CASE("attention over the cache, in parts of any size, gives the bits of attention over the whole sequence") {
  on_every_backend([](Rig& rig) {
    nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::inference);
    const nn::Gqa attention(parameters, "attn", dims(true, true));
    randomise(parameters, 1);
    constexpr int64_t T = 70;  // more than one tile
    std::vector<int32_t> positions(T);
    for (int32_t t = 0; t < T; ++t) positions[static_cast<size_t>(t)] = t;
    nn::RopeTable rope(rig.ctx().device(), DType::f32, nn::inverse_frequencies(6, 10000), 1, 100);
    rope.reach(T);
    Arena keep(rig.ctx().device());
    const Tensor x = rig.tensor({T, 12}, normals(T * 12, 2)), ids = rig.ids({T}, positions);
    const std::vector<nn::Segment> whole{{.first_row = 0, .rows = T}};
    const Tensor y = rig.tensor({T, 12});
    nn::Gqa::Saved saved;
    attention.forward(rig.ctx(), {.tokens = ids, .positions = ids, .segments = whole}, x, rope, 0, y, keep, saved);

    nn::KvCache cache(rig.ctx().device(), {.layers = 1, .heads = 2, .key_dim = 6, .value_dim = 6}, 3);
    const Tensor pages = rig.ids({1, 2}, {2, 0});
    std::vector<double> got;
    int64_t done = 0;
    for (const int64_t rows : {3, 60, 1, 1, 5}) {
      const std::vector<nn::Segment> part{{.first_row = 0, .rows = rows, .cached_rows = done}};
      const nn::Batch step{.tokens = ids.rows(done, rows),
                           .positions = ids.rows(done, rows),
                           .segments = part,
                           .cache = &cache,
                           .pages = pages};
      const Tensor out = rig.tensor({rows, 12});
      nn::Gqa::Saved unused;
      attention.forward(rig.ctx(), step, x.rows(done, rows), rope, 0, out, keep, unused);
      const auto here = rig.read(out);
      got.insert(got.end(), here.begin(), here.end());
      done += rows;
    }
    REQUIRE(done == T);
    CHECK(got == rig.read(y));
  });
}
