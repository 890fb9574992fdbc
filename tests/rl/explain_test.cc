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
  CHECK(plain.find('[') == plain.find("[right]"));  // no brackets where the sums have one term
  config.algorithm = "dapo";
  config.grpo.kl_beta = 0.01;
  config.grpo.reference_every = 20;
  config.draws = 10;
  config.reward.overlong = 1;
  config.reward.overlong_cache = 16;
  config.reward.repetition = 0.5;
  const std::string all = explain(config);
  CHECK(all.find("Σ_t [min(r A_i, clip(r, 1 − 0.2, 1 + 0.2) A_i) − 0.01·k3(d)]\n") != std::string::npos);
  for (const char* present : {"k3(d) = exp(d) − 1 − d, of d between −20 and 20 at most,", "π_ref ← π every 20 steps",
                              "+ 1·overlong", "(64 − |o_i|) / 16", "+ 0.5·repetition", "distinct 3-grams",
                              "0 < right answers < G", "10 draws", "DAPO: Yu et al. 2025, arXiv 2503.14476"}) {
    CHECK_MESSAGE(all.find(present) != std::string::npos, present);
  }
}

TEST_CASE("the keys of an algorithm that a recipe sets otherwise are named, with both values") {
  RlConfig config;
  config.algorithm = "dr_grpo";
  config.grpo.normalisation = "token";
  config.grpo.constant_length = config.max_new_tokens;
  config.grpo.divide_by_std = false;
  CHECK(
      explain(config).ends_with("Dr. GRPO: Liu et al. 2025, arXiv 2503.20783; the recipe says otherwise and is kept: "
                                "rl.grpo.normalisation = \"token\" (Dr. GRPO: \"constant\")"));
  config.grpo.normalisation = "constant";
  CHECK(explain(config).ends_with("arXiv 2503.20783"));
}
