#include "millet/model/cost.h"

#include <doctest/doctest.h>

#include "millet/model/presets.h"

using namespace millet::model;

TEST_CASE("DeepSeek-V3 counts exactly 671,026,419,200 parameters and 70,272 bytes of latent cache a token") {
  const Count c = count(find_preset("deepseek-v3")->config);
  CHECK(c.parameters == 671'026'419'200);
  CHECK(c.cache_bytes_bf16 == 70'272);
  CHECK(c.active == doctest::Approx(37.55e9).epsilon(0.001));
  CHECK(c.active - c.embedding == doctest::Approx(36.6e9).epsilon(0.002));
  CHECK(c.mtp == doctest::Approx(11.6e9).epsilon(0.01));
  CHECK(c.correction_biases == 59 * 256);
}

TEST_CASE("a forward of V3 costs about a third of the 250 GFLOP a token that training takes") {
  const double flops = forward_flops(find_preset("deepseek-v3")->config, 4096, 4096, false) / 4096;
  CHECK(3 * flops == doctest::Approx(250e9).epsilon(0.08));
}
