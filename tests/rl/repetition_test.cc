#include "millet/rl/rules/repetition.h"

#include <doctest/doctest.h>

#include "tests/rl/reward_cases.h"

using namespace millet;
using namespace millet::rl;

TEST_CASE("the share of n-grams that stood there before is lost") {
  CHECK(ngram_repetition(std::vector<int32_t>{}, 1) == 0);
  CHECK(ngram_repetition(std::vector<int32_t>{7, 7}, 3) == 0);
  CHECK(ngram_repetition(std::vector<int32_t>{7, 7, 7}, 3) == 0);
  CHECK(ngram_repetition(std::vector<int32_t>{7, 7, 7, 7}, 3) == -0.5);
  CHECK(ngram_repetition(std::vector<int32_t>{1, 2, 3, 4}, 1) == 0);
  CHECK(ngram_repetition(std::vector<int32_t>{1, 2, 1, 2, 1}, 2) == -0.5);  // 12 21 12 21
  CHECK(ngram_repetition(std::vector<int32_t>(1000, 5), 1) == doctest::Approx(-0.999));
}

TEST_CASE("n-gram repetition equals TRL's") {
  for (const io::Json& c : tests::reward_cases("ngram_repetition")) {
    std::vector<int32_t> ids;
    for (const io::Json& id : c.at("token_ids").items()) ids.push_back(static_cast<int32_t>(id.as_int()));
    const double weight = -c.at("max_penalty").as_double();
    CHECK(weight * ngram_repetition(ids, c.at("ngram_size").as_int()) == doctest::Approx(c.at("expected").as_double()));
  }
}
