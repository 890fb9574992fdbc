#include "millet/eval/interval.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "millet/core/rng.h"

using millet::eval::Cluster;
using millet::eval::clustered;
using millet::eval::Interval;
using millet::eval::wilson;

// By statsmodels 0.14, proportion_confint(method="wilson").
TEST_CASE("the interval is Wilson's") {
  const auto close = [](double x) { return doctest::Approx(x).epsilon(1e-6); };
  CHECK(wilson(8, 10).low == close(0.4901625));
  CHECK(wilson(8, 10).high == close(0.9433178));
  CHECK(wilson(0, 512).low == 0);
  CHECK(wilson(0, 512).high == close(0.0074472));
  CHECK(wilson(512, 512).high == close(1));
  CHECK(wilson(0, 0).low == 0);
  CHECK(wilson(0, 0).high == 1);
}

TEST_CASE("answers to several problems: between as many as there are problems and as many as there are answers") {
  const auto is = [](const Interval& a, const Interval& b) {
    CHECK(a.low == doctest::Approx(b.low));
    CHECK(a.high == doctest::Approx(b.high));
  };
  is(clustered(std::vector<Cluster>{{8, 8}, {0, 8}, {0, 8}, {8, 8}}), wilson(2, 4));
  is(clustered(std::vector<Cluster>{{4, 8}, {4, 8}, {4, 8}}), wilson(12, 24));
  is(clustered(std::vector<Cluster>{{0, 8}, {0, 8}, {0, 8}}), wilson(0, 3));
  is(clustered(std::vector<Cluster>{{8, 8}, {8, 8}}), wilson(2, 2));
  is(clustered(std::vector<Cluster>{{1, 1}, {0, 1}, {1, 1}, {0, 1}}), wilson(2, 4));
  is(clustered({}), {});
}

// Problems that are asked eight times each, some of them easy and some hard (so that half of all is right).
TEST_CASE("nine in ten intervals of clustered answers and more hold the truth, of those of independent answers few") {
  constexpr int kSets = 1000, kProblems = 32, kAnswers = 8;
  int held = 0, held_as_if_independent = 0;
  for (uint64_t set = 0; set < kSets; ++set) {
    millet::Rng rng(1, "clusters", set);
    std::vector<Cluster> problems(kProblems);
    int64_t right = 0;
    for (Cluster& c : problems) {
      const double share = rng.uniform() < 0.5 ? 0.1 : 0.9;
      for (c.answers = 0; c.answers < kAnswers; ++c.answers) c.right += rng.uniform() < share ? 1 : 0;
      right += c.right;
    }
    const auto holds = [](const Interval& i) { return i.low <= 0.5 && i.high >= 0.5 ? 1 : 0; };
    held += holds(clustered(problems));
    held_as_if_independent += holds(wilson(right, kProblems * kAnswers));
  }
  CHECK(held > 920);
  CHECK(held_as_if_independent < 800);
}
