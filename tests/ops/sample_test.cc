#include "millet/ops/sample.h"

#include <set>

#include "tests/ops/conformance.h"
#include "tests/ops/row_cases.h"

using namespace millet;
using namespace millet::tests;

struct Ask {
  double temperature = 1;
  int32_t top_k = 0;
  double top_p = 1;
};

// One draw from each row, all asked alike.
static std::vector<int32_t> draw(Rig& rig, int64_t width, const std::vector<double>& logits, const Ask& ask,
                                 const std::vector<double>& uniform) {
  const auto Q = static_cast<int64_t>(uniform.size());
  const auto each = [&](double value) { return rig.tensor({Q}, std::vector<double>(uniform.size(), value)); };
  const Apart rows(rig, {Q, width}, logits);
  const Tensor token = rig.ids({Q});
  ops::sample(rig.ctx(), rows, each(ask.temperature), rig.ids({Q}, std::vector<int32_t>(uniform.size(), ask.top_k)),
              each(ask.top_p), rig.tensor({Q}, uniform), token);
  return rig.read_ids(token);
}

// `count` draws from one row at evenly spaced uniforms: a token of probability p must come count · p ± 1 times.
static std::vector<int64_t> count_draws(Rig& rig, const std::vector<double>& row, const Ask& ask, int64_t count) {
  std::vector<double> logits, uniform;
  for (int64_t i = 0; i < count; ++i) {
    logits.insert(logits.end(), row.begin(), row.end());
    uniform.push_back(static_cast<double>(static_cast<float>((static_cast<double>(i) + 0.5) / count)));
  }
  std::vector<int64_t> counts(row.size());
  for (const int32_t id : draw(rig, static_cast<int64_t>(row.size()), logits, ask, uniform))
    ++counts.at(static_cast<size_t>(id));
  return counts;
}

static std::vector<double> uniforms(int64_t count, uint64_t seed) {
  Rng rng(seed, "test");
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<double>(static_cast<float>(rng.uniform() * 0.999)));
  return values;
}

TEST_CASE("every back end draws the reference's tokens, whatever the threads") {
  for (const Ask& ask : {Ask{}, Ask{.temperature = 0}, Ask{.temperature = 0.6, .top_p = 0.9}, Ask{.top_k = 5},
                         Ask{.temperature = 1.5, .top_k = 12, .top_p = 0.7}}) {
    CAPTURE(ask.temperature);
    CAPTURE(ask.top_k);
    check_conformance(row_conformance_cases(), 0, [&](Rig& rig, const RowCase& c) {
      const std::vector<int32_t> tokens = draw(rig, c.width, normals(c.rows * c.width, 1, 2), ask, uniforms(c.rows, 2));
      return std::vector<double>(tokens.begin(), tokens.end());
    });
  }
}

TEST_CASE("tokens come as often as their probabilities say") {
  on_every_backend([](Rig& rig) {
    const int64_t n = 500;
    const std::vector<double> row = normals(24, 3, 1.5);
    const double T = 0.8;
    double total = 0;
    for (const double x : row) total += std::exp(x / T);
    const std::vector<int64_t> counts = count_draws(rig, row, {.temperature = T}, n);
    for (size_t v = 0; v < row.size(); ++v)
      CHECK(std::abs(static_cast<double>(counts[v]) - n * std::exp(row[v] / T) / total) <= 1);
  });
}

TEST_CASE("tokens of the last blocks of a large vocabulary come as often as their probabilities say") {
  on_every_level([](Rig& rig) {
    std::vector<double> row(5000, -30);
    row[4999] = row[4000] = row[1024] = row[1023] = 1;
    const std::vector<int64_t> counts = count_draws(rig, row, {}, 40);
    for (const size_t v : {1023, 1024, 4000, 4999}) CHECK(std::abs(counts[v] - 10) <= 1);
  });
}

TEST_CASE("temperature 0 takes the largest logit, the lower id of two") {
  on_every_backend([](Rig& rig) {
    CHECK(draw(rig, 4, {1, 3, 3, 2, -5, -5, -5, -5}, {.temperature = 0}, {0.9, 0.9}) == std::vector<int32_t>{1, 0});
  });
}

TEST_CASE("top_k keeps that many, the lower id of equals") {
  on_every_backend([](Rig& rig) {
    const std::vector<int64_t> counts = count_draws(rig, {1, 2, 1, 2, 0}, {.top_k = 3}, 300);
    CHECK(counts[2] == 0);
    CHECK(counts[4] == 0);
    const double e = std::exp(1.0), total = 1 + 2 * e;
    CHECK(std::abs(static_cast<double>(counts[0]) - 300 / total) <= 1);
    CHECK(std::abs(static_cast<double>(counts[3]) - 300 * e / total) <= 1);
  });
}

TEST_CASE("top_p keeps the smallest set that reaches it, of what top_k left") {
  on_every_backend([](Rig& rig) {
    // Probabilities 0.5, 0.3, 0.15, 0.05.
    const std::vector<double> row = {std::log(0.15), std::log(0.5), std::log(0.05), std::log(0.3)};
    CHECK(count_draws(rig, row, {.top_p = 0.45}, 100) == std::vector<int64_t>{0, 100, 0, 0});
    const std::vector<int64_t> two = count_draws(rig, row, {.top_p = 0.75}, 80);
    CHECK(std::abs(two[1] - 50) <= 1);
    CHECK(std::abs(two[3] - 30) <= 1);
    CHECK(two[1] + two[3] == 80);
    // Of the best two, 0.625 is the first's share: it alone reaches 0.6.
    CHECK(count_draws(rig, row, {.top_k = 2, .top_p = 0.6}, 100) == std::vector<int64_t>{0, 100, 0, 0});
    CHECK(count_draws(rig, row, {.top_p = 1e-6}, 10) == std::vector<int64_t>{0, 10, 0, 0});
  });
}

TEST_CASE("forbidden tokens, −∞, are never drawn, neither at 0 nor near 1") {
  on_every_backend([](Rig& rig) {
    const double no = -INFINITY, last = 1 - 0x1p-24;
    const std::vector<double> rows = {no, 1, no, 1, no, no, 1, no, 1, no};
    const std::vector<int32_t> ends = {1, 3}, best = {1, 1};
    CHECK(draw(rig, 5, rows, {}, {0, last}) == ends);
    CHECK(draw(rig, 5, rows, {.top_k = 4}, {0, last}) == ends);
    CHECK(draw(rig, 5, rows, {.top_p = 0.99}, {0, last}) == ends);
    CHECK(draw(rig, 5, rows, {.temperature = 0}, {0, last}) == best);
  });
}

TEST_CASE("a tiny temperature is greedy, not NaN") {
  on_every_backend([](Rig& rig) {
    CHECK(draw(rig, 3, {100, 101, 99}, {.temperature = 1e-30}, {0.5}) == std::vector<int32_t>{1});
  });
}

TEST_CASE("a row's token does not depend on the rows around it") {
  on_every_level([](Rig& rig) {
    const int64_t Q = 300, V = 43;
    const std::vector<double> logits = normals(Q * V, 1, 2), uniform = uniforms(Q, 2);
    const std::vector<int32_t> all = draw(rig, V, logits, {.top_p = 0.9}, uniform);
    CHECK(std::set<int32_t>(all.begin(), all.end()).size() > 10);
    for (const int64_t q : {0, 5, 177, 299})
      CHECK(draw(rig, V, {logits.begin() + q * V, logits.begin() + (q + 1) * V}, {.top_p = 0.9},
                 {uniform[static_cast<size_t>(q)]})[0] == all[static_cast<size_t>(q)]);
  });
}

TEST_CASE("values out of range and logits that are not finite are refused with their row") {
  on_every_backend([](Rig& rig) {
    const auto refused = [&](const Ask& ask, double uniform, const char* message) {
      CHECK_THROWS_WITH_AS(draw(rig, 2, {0, 1}, ask, {uniform}), message, Error);
    };
    refused({.temperature = -1}, 0, "sample: temperature[0] is -1; it must not be negative");
    refused({.top_k = -1}, 0, "sample: top_k[0] is -1; expected a count, or 0 for all tokens");
    refused({.top_p = 0}, 0, "sample: top_p[0] is 0; it must be above 0 and at most 1");
    refused({}, 1, "sample: uniform[0] is 1; it must be in [0, 1)");
    CHECK_THROWS_WITH_AS(draw(rig, 2, {0, 1, 0, static_cast<double>(NAN)}, {}, {0, 0}),
                         "sample: the logits of row 1 are not finite; the model has diverged", Error);
    const double no = -INFINITY;
    CHECK_THROWS_WITH_AS(draw(rig, 2, {no, no}, {.temperature = 0}, {0}),
                         "sample: the logits of row 0 are not finite; the model has diverged", Error);
  });
}
