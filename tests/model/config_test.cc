#include "millet/model/config.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/model/presets.h"

using namespace millet;

TEST_CASE("V3's blocks: three dense ones, then experts; scores are scaled by YaRN's factor") {
  const model::ModelConfig c = model::find_preset("deepseek-v3")->config;
  CHECK_FALSE(c.is_moe_layer(2));
  CHECK(c.is_moe_layer(3));
  CHECK(c.is_moe_layer(61));  // the second prediction's
  CHECK(std::get<nn::MlaDims>(c.block_dims(5).attention).softmax_scale == doctest::Approx(0.1352338).epsilon(1e-6));
  CHECK(c.block_dims(5).router.options.routed_scaling_factor == 2.5);
  CHECK(c.cache_dims().key_dim == 192);
}
