#include "millet/nn/mla.h"

#include <doctest/doctest.h>

#include "millet/nn/kv_cache.h"
#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

static const nn::MlaDims kDims{.hidden = 16,
                               .heads = 2,
                               .q_lora_rank = 6,
                               .kv_lora_rank = 8,
                               .qk_nope_head_dim = 6,
                               .qk_rope_head_dim = 4,
                               .v_head_dim = 5,
                               .softmax_scale = 0.3};

TEST_CASE("attention over the cache, in parts of any size, gives the bits of attention over the whole sequence") {
  on_every_backend([](Rig& rig) {
    nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::inference);
    const nn::Mla mla(parameters, "attn", kDims);
    randomise(parameters, 1);
    constexpr int64_t T = 70;  // more than one tile
    const std::vector<double> values = normals(T * 16, 2);
    std::vector<int32_t> positions(T);
    for (int32_t t = 0; t < T; ++t) positions[static_cast<size_t>(t)] = t;
    nn::RopeTable rope(rig.ctx().device(), DType::f32, nn::inverse_frequencies(4, 10000), 1, 100);
    rope.reach(T);
    Arena keep(rig.ctx().device());
    const Tensor x = rig.tensor({T, 16}, values), all_positions = rig.ids({T}, positions);

    const std::vector<nn::Segment> whole{{.first_row = 0, .rows = T}};
    nn::Batch batch{.tokens = all_positions, .positions = all_positions, .segments = whole};
    const Tensor y = rig.tensor({T, 16});
    nn::Mla::Saved saved;
    mla.forward(rig.ctx(), batch, x, rope, 0, y, keep, saved);
    const auto want = rig.read(y);

    nn::KvCache cache(rig.ctx().device(), {.layers = 1, .heads = 2, .key_dim = 10, .value_dim = 5}, 3);
    const Tensor pages = rig.ids({1, 2}, {2, 0});
    std::vector<double> got;
    int64_t done = 0;
    for (const int64_t rows : {3, 60, 1, 1, 1, 4}) {
      const std::vector<nn::Segment> part{{.first_row = 0, .rows = rows, .cached_rows = done}};
      nn::Batch step{.tokens = all_positions.rows(done, rows),
                     .positions = all_positions.rows(done, rows),
                     .segments = part,
                     .cache = &cache,
                     .pages = pages};
      const Tensor out = rig.tensor({rows, 16});
      nn::Mla::Saved unused;
      mla.forward(rig.ctx(), step, x.rows(done, rows), rope, 0, out, keep, unused);
      const auto values_here = rig.read(out);
      got.insert(got.end(), values_here.begin(), values_here.end());
      done += rows;
    }
    REQUIRE(done == T);
    CHECK(got == want);
  });
}
