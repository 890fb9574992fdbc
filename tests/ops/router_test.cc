#include "millet/ops/router.h"

#include <set>

#include "tests/ops/conformance.h"
#include "tests/ops/router_cases.h"

using namespace millet;
using namespace millet::tests;

struct Routed {
  std::vector<int32_t> expert;
  std::vector<double> gate, scores;
};

static Routed route(Rig& rig, int64_t rows, int64_t k, const std::vector<double>& logits,
                    const std::vector<double>& bias, ops::RouterOptions options) {
  const auto E = static_cast<int64_t>(bias.size());
  const Apart from(rig, {rows, E}, logits), scores(rig, {rows, E}), gate(rig, {rows, k});
  const Tensor expert = rig.ids({rows, k});
  ops::router(rig.ctx(), from, rig.tensor({E}, bias), scores, expert, gate, options);
  return {rig.read_ids(expert), gate.read(), scores.read()};
}

static std::vector<double> forward(Rig& rig, const RouterCase& c) {
  const Routed r = route(rig, c.rows, c.k, normals(c.rows * c.experts, 1), normals(c.experts, 2, 0.1), c.options);
  std::vector<double> experts(r.expert.begin(), r.expert.end());
  for (double& e : experts) e /= static_cast<double>(c.experts);  // of the size of scores and gates
  return joined({r.scores, r.gate, experts});
}

// Distinct experts for each row.
static std::vector<int32_t> some_experts(int64_t rows, int64_t k, int64_t experts) {
  std::vector<int32_t> ids;
  for (int64_t t = 0; t < rows; ++t) {
    for (int64_t s = 0; s < k; ++s) ids.push_back(static_cast<int32_t>((t * 3 + s) % experts));
  }
  return ids;
}

static std::vector<double> some_scores(int64_t count, uint64_t seed) {
  std::vector<double> scores = normals(count, seed);
  for (double& s : scores) s = static_cast<double>(static_cast<float>(1 / (1 + std::exp(-s))));
  return scores;
}

static std::vector<double> backward(Rig& rig, const RouterCase& c) {
  const Shape all{c.rows, c.experts};
  const Apart scores(rig, all, some_scores(all.elements(), 1)), dscores(rig, all, normals(all.elements(), 2));
  const Apart dgate(rig, {c.rows, c.k}, normals(c.rows * c.k, 3)), with(rig, all), without(rig, all);
  const Tensor expert = rig.ids({c.rows, c.k}, some_experts(c.rows, c.k, c.experts));
  ops::router_backward(rig.ctx(), dgate, dscores, scores, expert, with, c.options);
  ops::router_backward(rig.ctx(), dgate, {}, scores, expert, without, c.options);
  return joined({with.read(), without.read()});
}

// Three segments, one of them empty, and rows that belong to none.
static std::vector<double> balance(Rig& rig, const RouterCase& c) {
  const Shape all{c.rows, c.experts};
  const std::vector<ops::Segment> segments = {
      {0, c.rows / 2}, {c.rows / 2, 0}, {c.rows / 2, std::max<int64_t>(0, c.rows / 2 - 1)}};
  const Apart scores(rig, all, some_scores(all.elements(), 1)), dscores(rig, all);
  const Tensor loss = rig.tensor({3}), expert = rig.ids({c.rows, c.k}, some_experts(c.rows, c.k, c.experts));
  ops::sequence_balance(rig.ctx(), scores, expert, segments, rig.tensor({3}, {0.5, 1, 2}), loss, dscores);
  return joined({rig.read(loss), dscores.read()});
}

TEST_CASE("the router and its backward agree with the reference on every back end and shape, whatever the threads") {
  check_conformance(router_conformance_cases(), 1e-6, forward);
  check_conformance(router_conformance_cases(), 2e-6, backward);
}

TEST_CASE("the balance loss and its gradient agree with the reference on every back end, whatever the threads") {
  check_conformance(router_conformance_cases(), 1e-6, balance);
}

TEST_CASE("groups that lost are out, however good their biased scores against zero") {
  // Masking with 0 instead of −∞ would take experts 2 and 3 of the losing group.
  on_every_backend([](Rig& rig) {
    const Routed r = route(rig, 1, 2, {0, 0, 0, 0}, {-0.6, -0.7, -0.9, -0.9}, {.n_group = 2, .topk_group = 1});
    CHECK(r.expert == std::vector<int32_t>{0, 1});
    CHECK(r.gate == std::vector<double>{0.5, 0.5});
  });
}

TEST_CASE("a group is judged by the sum of its two best experts, not by its best") {
  on_every_backend([](Rig& rig) {
    const Routed r = route(rig, 1, 1, {3, -3, 1, 1}, {0, 0, 0, 0}, {.n_group = 2, .topk_group = 1});
    CHECK(r.expert == std::vector<int32_t>{2});
  });
}

TEST_CASE("a group may be judged by its best expert, and one without a bias has none") {
  on_every_backend([](Rig& rig) {
    const Routed r = route(rig, 1, 1, {3, -3, 2, 2}, {0, 0, 0, 0},
                           {.group_score = ops::GroupScore::best, .n_group = 2, .topk_group = 1});
    CHECK(r.expert == std::vector<int32_t>{0});
    const Tensor scores = rig.tensor({1, 4}), gate = rig.tensor({1, 1}), expert = rig.ids({1, 1});
    ops::router(rig.ctx(), rig.tensor({1, 4}, {3, -3, 2, 2}), {}, scores, expert, gate,
                {.group_score = ops::GroupScore::best, .n_group = 4, .topk_group = 1});
    CHECK(rig.read_ids(expert) == std::vector<int32_t>{0});
    CHECK(rig.read(scores) == r.scores);
  });
}

TEST_CASE("softmax scores are shares of one, however far the logits are apart") {
  on_every_backend([](Rig& rig) {
    const Routed r = route(rig, 2, 2, {std::log(5.0), std::log(3.0), 0, 0, 3e4, -3e4, 200, 0}, {0, 0, 0, 0},
                           {.scoring = ops::Scoring::softmax, .norm_topk_prob = false, .routed_scaling_factor = 2});
    CHECK(r.expert == std::vector<int32_t>{0, 1, 0, 1});
    CHECK(r.gate[0] == doctest::Approx(1).epsilon(1e-6));
    CHECK(r.gate[1] == doctest::Approx(0.6).epsilon(1e-6));
    CHECK(std::vector<double>(r.scores.begin() + 4, r.scores.end()) == std::vector<double>{1, 0, 0, 0});
  });
}

TEST_CASE("the bias chooses experts but does not weigh them") {
  on_every_backend([](Rig& rig) {
    const Routed r = route(rig, 1, 2, {2, 1, 0, -1}, {0, 0, 0, 1}, {.routed_scaling_factor = 2.5});
    CHECK(r.expert == std::vector<int32_t>{3, 0});
    CHECK(r.gate[0] == doctest::Approx(0.584788).epsilon(1e-5));
    CHECK(r.gate[1] == doctest::Approx(1.915212).epsilon(1e-5));
  });
}

TEST_CASE("the bias keeps the digits of f32") {
  on_every_backend([](Rig& rig) {
    CHECK(route(rig, 1, 1, {0.02, 0}, {12.51, 12.52}, {}).expert == std::vector<int32_t>{1});
  });
}

TEST_CASE("ties go to the lower expert and the lower group") {
  on_every_backend([](Rig& rig) {
    CHECK(route(rig, 1, 3, {1, 1, 1, 1}, {0, 0, 0, 0}, {}).expert == std::vector<int32_t>{0, 1, 2});
    CHECK(route(rig, 1, 2, {0, 0, 1, 1, 1, 1}, {0, 0, 0, 0, 0, 0}, {.n_group = 3, .topk_group = 1}).expert ==
          std::vector<int32_t>{2, 3});
  });
}

TEST_CASE("experts stay valid and distinct when logits are NaN or infinite") {
  on_every_backend([](Rig& rig) {
    for (const double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY), -static_cast<double>(INFINITY)}) {
      for (const ops::RouterOptions& o : {ops::RouterOptions{}, ops::RouterOptions{.n_group = 2, .topk_group = 1}}) {
        const Routed r = route(rig, 1, 2, {bad, bad, 0, bad}, {0, 0, 0, 0}, o);
        CHECK(std::set<int32_t>(r.expert.begin(), r.expert.end()).size() == 2);
        for (const int32_t e : r.expert) CHECK((e >= 0 && e < 4));
      }
    }
  });
}

TEST_CASE("a row's experts and gates do not depend on the rows around it") {
  on_every_level([](Rig& rig) {
    const int64_t T = 200, E = 24, k = 3;
    const std::vector<double> logits = normals(T * E, 1), bias = normals(E, 2, 0.2);
    const Routed all = route(rig, T, k, logits, bias, {.n_group = 4, .topk_group = 2});
    for (const int64_t t : {0, 7, 101, 199}) {
      const Routed alone = route(rig, 1, k, {logits.begin() + t * E, logits.begin() + (t + 1) * E}, bias,
                                 {.n_group = 4, .topk_group = 2});
      CHECK(alone.expert == std::vector<int32_t>(all.expert.begin() + t * k, all.expert.begin() + (t + 1) * k));
      CHECK(same_bits(alone.gate, {all.gate.begin() + t * k, all.gate.begin() + (t + 1) * k}));
    }
  });
}

TEST_CASE("the router's backward agrees with finite differences of the reference") {
  for (const ops::RouterOptions& options :
       {ops::RouterOptions{.norm_topk_prob = true, .routed_scaling_factor = 2.5},
        ops::RouterOptions{.norm_topk_prob = false, .routed_scaling_factor = 2.5},
        ops::RouterOptions{.scoring = ops::Scoring::softmax, .norm_topk_prob = true, .routed_scaling_factor = 2.5},
        ops::RouterOptions{.scoring = ops::Scoring::softmax, .norm_topk_prob = false, .routed_scaling_factor = 2.5}}) {
    Rig rig = oracle();
    const int64_t T = 3, E = 6, k = 2;
    const std::vector<double> logits = normals(T * E, 1), bias = normals(E, 2), dgate = normals(T * k, 3),
                              dscores = normals(T * E, 4);
    const Routed at = route(rig, T, k, logits, bias, options);
    const Tensor dlogits = rig.tensor({T, E});
    ops::router_backward(rig.ctx(), rig.tensor({T, k}, dgate), rig.tensor({T, E}, dscores),
                         rig.tensor({T, E}, at.scores), rig.ids({T, k}, at.expert), dlogits, options);
    CHECK(gradient_error(logits, rig.read(dlogits), [&](const auto& moved) {
            const Routed r = route(rig, T, k, moved, bias, options);
            return dot(r.gate, dgate) + dot(r.scores, dscores);
          }) < 1e-8);
  }
}

TEST_CASE("expert_load counts each token once for each slot and goes on counting") {
  on_every_backend([](Rig& rig) {
    const Tensor load = rig.ids({4}, {0, 0, 10, 0});
    ops::expert_load(rig.ctx(), rig.ids({3, 2}, {0, 1, 0, 2, 0, 3}), load);
    CHECK(rig.read_ids(load) == std::vector<int32_t>{3, 1, 11, 1});
    ops::expert_load(rig.ctx(), rig.ids({0, 2}), load);
    CHECK(rig.read_ids(load) == std::vector<int32_t>{3, 1, 11, 1});
    CHECK_THROWS_WITH_AS(ops::expert_load(rig.ctx(), rig.ids({1, 2}, {0, 4}), load),
                         "expert_load: expert[0, 1] is 4; there are 4", Error);
  });
}

TEST_CASE("a perfectly even choice has a balance loss of one") {
  on_every_backend([](Rig& rig) {
    const Tensor scores = rig.tensor({4, 4}, std::vector<double>(16, 0.25));
    const Tensor loss = rig.tensor({1}), coefficient = rig.tensor({1}, {1});
    const std::vector<ops::Segment> whole = {{0, 4}};
    ops::sequence_balance(rig.ctx(), scores, rig.ids({4, 2}, {0, 1, 2, 3, 0, 1, 2, 3}), whole, coefficient, loss, {});
    CHECK(rig.read(loss)[0] == doctest::Approx(1).epsilon(1e-6));
    ops::sequence_balance(rig.ctx(), scores, rig.ids({4, 2}, {0, 1, 0, 1, 0, 1, 0, 1}), whole, coefficient, loss, {});
    CHECK(rig.read(loss)[0] == doctest::Approx(1).epsilon(1e-6));  // uneven choices of even scores
    const Tensor peaked = rig.tensor({1, 4}, {0.9, 0.1, 0.1, 0.1});
    ops::sequence_balance(rig.ctx(), peaked, rig.ids({1, 1}, {0}), std::vector<ops::Segment>{{0, 1}}, coefficient, loss,
                          {});
    CHECK(rig.read(loss)[0] == doctest::Approx(3).epsilon(1e-6));  // f = (4, 0, 0, 0), P = (¾, …)
  });
}

TEST_CASE("scores that have all vanished give a balance loss and a gradient, not NaN") {
  on_every_backend([](Rig& rig) {
    const Tensor none = rig.tensor({2, 4}), dscores = rig.tensor({2, 4}), loss = rig.tensor({1});
    ops::sequence_balance(rig.ctx(), none, rig.ids({2, 1}, {0, 1}), std::vector<ops::Segment>{{0, 2}},
                          rig.tensor({1}, {1}), loss, dscores);
    CHECK(rig.read(loss)[0] == 0);
    for (const double d : rig.read(dscores)) CHECK(std::isfinite(d));
  });
}

TEST_CASE("the balance loss of a sequence does not depend on how sequences are packed into batches") {
  // Twelve tokens as 4 + 8 in one batch, and each by itself; a pad row belongs to no segment.
  on_every_backend([](Rig& rig) {
    const int64_t E = 5, k = 2;
    const std::vector<double> scores = some_scores(13 * E, 1);
    const Tensor all = rig.tensor({13, E}, scores), expert = rig.ids({13, k}, some_experts(13, k, E));
    const Tensor both = rig.tensor({2}), one = rig.tensor({1}), d = rig.tensor({13, E}), d_one = rig.tensor({13, E});
    ops::sequence_balance(rig.ctx(), all, expert, std::vector<ops::Segment>{{0, 4}, {4, 8}}, rig.tensor({2}, {1, 1}),
                          both, d);
    ops::sequence_balance(rig.ctx(), all, expert, std::vector<ops::Segment>{{4, 8}}, rig.tensor({1}, {1}), one, d_one);
    CHECK(same_bits(rig.read(one), {rig.read(both)[1]}));
    CHECK(same_bits(rig.read(d.rows(4, 8)), rig.read(d_one.rows(4, 8))));
    CHECK(rig.read(d.rows(12, 1)) == std::vector<double>(static_cast<size_t>(E), 0));
    CHECK(rig.read(d_one.rows(0, 1)) == std::vector<double>(static_cast<size_t>(E), 0));
  });
}

TEST_CASE("the gradient of the balance loss agrees with finite differences of the reference") {
  Rig rig = oracle();
  const int64_t T = 5, E = 4, k = 2;
  const std::vector<ops::Segment> segments = {{0, 3}, {3, 2}};
  const std::vector<double> scores = some_scores(T * E, 1), coefficient = {0.75, -2};
  const Tensor expert = rig.ids({T, k}, {0, 1, 0, 3, 2, 0, 1, 0, 3, 1}), loss = rig.tensor({2});
  const Tensor dscores = rig.tensor({T, E});
  const auto value = [&](const std::vector<double>& at, const Tensor& gradient) {
    ops::sequence_balance(rig.ctx(), rig.tensor({T, E}, at), expert, segments, rig.tensor({2}, coefficient), loss,
                          gradient);
    return dot(rig.read(loss), coefficient);
  };
  value(scores, dscores);
  CHECK(gradient_error(scores, rig.read(dscores), [&](const auto& at) { return value(at, {}); }) < 1e-8);
}

TEST_CASE("impossible groups and counts of experts are refused with the numbers") {
  Rig rig("cpu");
  const auto refused = [&](int64_t E, int64_t k, ops::RouterOptions o, const char* message) {
    CHECK_THROWS_WITH_AS(
        route(rig, 1, k, std::vector<double>(static_cast<size_t>(E)), std::vector<double>(static_cast<size_t>(E)), o),
        message, Error);
  };
  refused(6, 2, {.n_group = 4}, "router: 6 experts do not divide into n_group = 4 groups of equal size");
  refused(4, 1, {.n_group = 4, .topk_group = 1},
          "router: n_group = 4 leaves one expert in a group, but a group is judged by its two best; use fewer groups");
  refused(8, 3, {.n_group = 4, .topk_group = 1},
          "router: 3 experts a token are wanted, but 1 groups of 2 experts leave 2");
  refused(8, 2, {.n_group = 4, .topk_group = 5}, "router: topk_group is 5; expected 1 to n_group = 4");
  CHECK_THROWS_WITH_AS(ops::router(rig.ctx(), rig.tensor({2, 4}), rig.tensor({3}), rig.tensor({2, 4}), rig.ids({2, 1}),
                                   rig.tensor({2, 1}), {}),
                       "router: bias is f32 [3]; expected [4]", Error);
}
