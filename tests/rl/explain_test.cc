#include "millet/rl/explain.h"

#include <doctest/doctest.h>

using namespace millet::rl;

TEST_CASE("every part of a recipe that computes something is explained, and nothing else") {
  RlConfig config;
  const std::string plain = explain(config);
  CHECK(plain.find("GRPO   J = 1/N Σ_i 1/|o_i| Σ_t min(r A_i, clip(r, 1 − 0.2, 1 + 0.2) A_i)\n") != std::string::npos);
  CHECK(plain.find("R_i = 1·[right] + 0.1·[form]") != std::string::npos);
  for (const char* absent : {"k3", "π_ref", "overlong", "repetition", "drawn anew", "arXiv"}) {
    CHECK(plain.find(absent) == std::string::npos);
  }
  config.algorithm = "dapo";
  config.grpo.kl_beta = 0.01;
  config.grpo.reference_every = 20;
  config.draws = 10;
  config.reward.overlong = 1;
  config.reward.overlong_cache = 16;
  config.reward.repetition = 0.5;
  const std::string all = explain(config);
  for (const char* present :
       {"k3(d) = exp(d) − 1 − d", "π_ref ← π every 20 steps", "+ 1·overlong", "(64 − |o_i|) / 16", "+ 0.5·repetition",
        "distinct 3-grams", "0 < right answers < G", "10 draws", "DAPO: Yu et al. 2025, arXiv 2503.14476"}) {
    CHECK_MESSAGE(all.find(present) != std::string::npos, present);
  }
}
