#include "millet/nn/rope.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/core/error.h"
#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;

static nn::Yarn yarn(double factor, double context, double mscale = 1, double all = 1) {
  return {.factor = factor, .original_max_position_embeddings = context, .mscale = mscale, .mscale_all_dim = all};
}

TEST_CASE("YaRN scales cos and sin in one place and the scores in another") {
  CHECK(yarn(40, 4096, 1, 1).table_scale() == doctest::Approx(1));
  CHECK(yarn(40, 4096, 0.707, 0.707).table_scale() == doctest::Approx(1));
  CHECK(yarn(40, 4096, 1, 0).table_scale() == doctest::Approx(1.3688879).epsilon(1e-7));
  const double head = 1 / std::sqrt(192.0);
  CHECK(head * yarn(40, 4096, 1, 1).softmax_scale() == doctest::Approx(0.1352338).epsilon(1e-6));
  CHECK(head * yarn(40, 4096, 0.707, 0.707).softmax_scale() == doctest::Approx(0.1147214).epsilon(1e-6));
  CHECK(head * yarn(40, 4096, 1, 0).softmax_scale() == doctest::Approx(0.0721688).epsilon(1e-6));
}

TEST_CASE("what a config leaves out of YaRN is what transformers makes of it") {
  // ROPE_INIT_FUNCTIONS["yarn"] of transformers 5.14: factor 8 over 4096 positions, theta 10000, 16 rotary dimensions.
  const auto table = [](nn::Yarn y) {
    y.factor = 8;
    return doctest::Approx(y.table_scale()).epsilon(1e-12);
  };
  CHECK(1.2079441541679836 == table({}));
  CHECK(1.2079441541679836 == table({.mscale = 0.5}));
  CHECK(1.2079441541679836 == table({.mscale_all_dim = 0.5}));
  CHECK(0.9465143725909757 == table({.mscale = 0.5, .mscale_all_dim = 0.8}));
  CHECK(1.25 == table({.mscale = 0.5, .mscale_all_dim = 0.8, .attention_factor = 1.25}));

  nn::Yarn whole = yarn(8, 4096), broken = yarn(8, 4096);
  broken.truncate = false;
  const auto at_whole = nn::inverse_frequencies(16, 10000, whole), within = nn::inverse_frequencies(16, 10000, broken);
  CHECK(at_whole[3] == doctest::Approx(0.024705295).epsilon(1e-6));
  CHECK(at_whole[5] == doctest::Approx(0.001087033).epsilon(1e-6));
  CHECK(within[3] == doctest::Approx(0.028112082).epsilon(1e-6));
  CHECK(within[5] == doctest::Approx(0.00097285764).epsilon(1e-6));
}

TEST_CASE("Llama 3's scaling leaves short wavelengths, slows long ones down and blends between") {
  // transformers' _compute_llama3_parameters for Llama-3.2-1B: theta 500000, 64 dimensions, factor 32 over 8192.
  const auto f = nn::inverse_frequencies(
      64, 500000,
      {.factor = 32, .low_freq_factor = 1, .high_freq_factor = 4, .original_max_position_embeddings = 8192});
  const auto plain = nn::inverse_frequencies(64, 500000);
  CHECK(f[0] == 1);
  CHECK(f[14] == plain[14]);
  CHECK(f[15] == doctest::Approx(0.0012905480).epsilon(1e-6));
  CHECK(f[17] == doctest::Approx(9.7082862e-5).epsilon(1e-6));
  CHECK(f[18] == doctest::Approx(plain[18] / 32).epsilon(1e-12));
  CHECK(f[31] == doctest::Approx(plain[31] / 32).epsilon(1e-12));
}

TEST_CASE("YaRN's ramp is DeepSeek's, for tiny models too") {
  const auto v3 = nn::inverse_frequencies(64, 10000, yarn(40, 4096));
  CHECK(v3[10] == doctest::Approx(0.0562341).epsilon(1e-6));
  CHECK(v3[11] == doctest::Approx(0.0390069).epsilon(1e-5));
  CHECK(v3[15] == doctest::Approx(0.00833451).epsilon(1e-5));
  CHECK(v3[23] == doctest::Approx(3.3338e-5).epsilon(1e-4));
  const auto eight = nn::inverse_frequencies(8, 10000, yarn(4, 64));
  for (size_t i = 0; i < 4; ++i) CHECK(eight[i] == doctest::Approx(std::vector{1.0, 0.0625, 0.0025, 0.00025}[i]));
  const auto four = nn::inverse_frequencies(4, 10000, yarn(4, 4));
  CHECK(four[0] == doctest::Approx(1));
  CHECK(four[1] == doctest::Approx(0.0025));
}

TEST_CASE("the table holds cos and sin of position times frequency, and grows") {
  Rig rig = oracle();
  nn::RopeTable table(rig.ctx().device(), DType::f64, nn::inverse_frequencies(4, 100), 1, 1000);
  table.reach(3);
  const auto early = rig.read(table.cos());
  table.reach(700);
  const auto late = rig.read(table.cos());
  CHECK(late[2 * 2 + 1] == doctest::Approx(std::cos(2 * 0.1)));
  CHECK(rig.read(table.sin())[699 * 2] == doctest::Approx(std::sin(699.0)));
  CHECK(std::equal(early.begin(), early.end(), late.begin()));
  CHECK_THROWS_WITH_AS(table.reach(1001), doctest::Contains("max_position_embeddings of 1000"), Error);
}
