#include "millet/nn/kv_cache.h"

#include <doctest/doctest.h>

#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("a page costs what its keys and values take in every layer, and a copied page is the same in every layer") {
  on_every_backend([](Rig& rig) {
    const nn::KvCache::Dims dims{.layers = 2, .heads = 2, .key_dim = 3, .value_dim = 5};
    CHECK(dims.page_bytes(DType::f32) == 2 * 2 * 64 * 8 * 4);
    nn::KvCache cache(rig.ctx().device(), dims, 3);
    for (int64_t l = 0; l < 2; ++l) {
      const Tensor keys = cache.layer(l).keys;
      CHECK(keys.shape() == Shape{3, 2, 3, 64});
      from_host(rig.ctx().device(), std::vector<float>(2 * 3 * 64, static_cast<float>(l + 1)), keys.select(1));
    }
    cache.copy_page(rig.ctx(), 1, 2);
    for (int64_t l = 0; l < 2; ++l) {
      for (const double v : rig.read(cache.layer(l).keys.select(2))) CHECK(v == static_cast<double>(l + 1));
      for (const double v : rig.read(cache.layer(l).keys.select(0))) CHECK(v == 0);
    }
  });
}
