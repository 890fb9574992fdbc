#include "millet/nn/attention.h"

#include <doctest/doctest.h>

#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("the dims decide which attention a block has, under the same name") {
  Rig rig = oracle();
  nn::Parameters shapes(rig.ctx().device(), nn::Parameters::Mode::shapes);
  const nn::Attention latent(shapes, "a",
                             nn::MlaDims{.hidden = 8,
                                         .heads = 2,
                                         .kv_lora_rank = 4,
                                         .qk_nope_head_dim = 2,
                                         .qk_rope_head_dim = 2,
                                         .v_head_dim = 3,
                                         .softmax_scale = 1});
  const nn::Attention grouped(shapes, "b",
                              nn::GqaDims{.hidden = 8, .heads = 2, .kv_heads = 1, .head_dim = 4, .softmax_scale = 1});
  CHECK(shapes.find("a.kv_b_proj.weight") != nullptr);
  CHECK(shapes.at("b.k_proj.weight").shape == Shape{4, 8});
  CHECK(shapes.find("b.k_proj.bias") == nullptr);
  CHECK(latent.cost(4, 4).flops > 0);
  CHECK(grouped.cost(4, 4).flops > 0);
}
