#include "millet/ops/attention.h"

#include "millet/core/error.h"
#include "millet/ops/elementwise.h"
#include "tests/ops/attention_cases.h"
#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;
using ops::Segment;
using Values = std::vector<double>;

// A case's operands and results on one device.
struct Operands {
  Operands(Rig& rig, const AttentionCase& c)
      : q(rig.tensor({c.rows(), c.heads, c.depth}, normals(c.rows() * c.heads * c.depth, 1))),
        k(rig.tensor({c.rows(), c.key_heads(), c.depth}, normals(c.rows() * c.key_heads() * c.depth, 2))),
        v(rig.tensor({c.rows(), c.key_heads(), c.width}, normals(c.rows() * c.key_heads() * c.width, 3))),
        dy(rig.tensor({c.rows(), c.heads, c.width}, normals(c.rows() * c.heads * c.width, 4))),
        y(rig.tensor(dy.shape())),
        lse(rig.tensor({c.rows(), c.heads})),
        dq(rig.tensor(q.shape())),
        dk(rig.tensor(k.shape())),
        dv(rig.tensor(v.shape())) {}

  Tensor q, k, v, dy, y, lse, dq, dk, dv;
};

static double scale_of(const AttentionCase& c) {
  return 1 / std::sqrt(static_cast<double>(c.depth));
}

// y, lse, dq, dk, dv
static std::vector<Values> run(Rig& rig, const AttentionCase& c) {
  const Operands o(rig, c);
  const std::vector<Segment> segments = c.segments();
  ops::attention(rig.ctx(), o.q, o.k, o.v, segments, o.y, o.lse, {.scale = scale_of(c)});
  ops::attention_backward(rig.ctx(), o.dy, o.q, o.k, o.v, o.y, o.lse, segments, o.dq, o.dk, o.dv,
                          {.scale = scale_of(c)});
  return {rig.read(o.y), rig.read(o.lse), rig.read(o.dq), rig.read(o.dk), rig.read(o.dv)};
}

TEST_CASE("attention and its gradients agree with the reference on every back end and batch") {
  Rig reference = oracle();
  std::vector<std::vector<Values>> want;
  for (const AttentionCase& c : attention_conformance_cases()) want.push_back(run(reference, c));
  on_every_backend([&](Rig& rig) {
    size_t i = 0;
    for (const AttentionCase& c : attention_conformance_cases()) {
      CAPTURE(i);
      const std::vector<Values> got = run(rig, c);
      for (size_t output = 0; output < got.size(); ++output) {
        CAPTURE(output);
        CHECK(error(got[output], want[i][output]) < 5e-6);
      }
      ++i;
    }
  });
}

TEST_CASE("the reference's gradients agree with finite differences") {
  AttentionCase c;
  SUBCASE("a head of keys for each of queries") {
    c = {{5, 3}, 2, 4, 3};
  }
  SUBCASE("two heads of queries for one of keys") {
    c = {{5, 3}, 4, 4, 3, 2};
  }
  Rig rig = oracle();
  Operands o(rig, c);
  const std::vector<Segment> segments = c.segments();
  const Values weights = rig.read(o.dy);
  const auto loss = [&] {
    ops::attention(rig.ctx(), o.q, o.k, o.v, segments, o.y, o.lse, {.scale = 0.7});
    const Values y = rig.read(o.y);
    double sum = 0;
    for (size_t i = 0; i < y.size(); ++i) sum += y[i] * weights[i];
    return sum;
  };
  loss();
  ops::attention_backward(rig.ctx(), o.dy, o.q, o.k, o.v, o.y, o.lse, segments, o.dq, o.dk, o.dv, {.scale = 0.7});
  for (const auto& [input, gradient] : {std::pair{o.q, o.dq}, std::pair{o.k, o.dk}, std::pair{o.v, o.dv}}) {
    Values values = rig.read(input), differences(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      const double old = values[i], step = 1e-5;
      values[i] = old + step;
      from_host(rig.ctx().device(), values, input);
      const double above = loss();
      values[i] = old - step;
      from_host(rig.ctx().device(), values, input);
      differences[i] = (above - loss()) / (2 * step);
      values[i] = old;
    }
    from_host(rig.ctx().device(), values, input);
    CHECK(error(rig.read(gradient), differences) < 1e-8);
  }
}

// A cache with room for a case's segments, their pages dealt out in a mixed order.
struct Cache {
  Cache(Rig& rig, const AttentionCase& c) {
    const int64_t longest = *std::max_element(c.lengths.begin(), c.lengths.end());
    const auto per_segment = static_cast<size_t>((longest + 63) / 64);
    const size_t n = c.lengths.size() * per_segment;
    std::vector<int32_t> table(n);
    for (size_t i = 0; i < n; ++i) table[i] = static_cast<int32_t>(n - 1 - i);
    pages = rig.ids({static_cast<int64_t>(c.lengths.size()), static_cast<int64_t>(per_segment)}, table);
    pool.keys = rig.tensor({static_cast<int64_t>(n), c.key_heads(), c.depth, 64});
    pool.values = rig.tensor({static_cast<int64_t>(n), c.key_heads(), 64, c.width});
  }

  Tensor pages;
  ops::PagedKeysValues pool;
};

// The same sequences fed through the cache in steps of `chunk` rows each, all segments side by side in one batch.
static Values run_paged(Rig& rig, const AttentionCase& c, int64_t chunk) {
  const Operands o(rig, c);
  const Cache cache(rig, c);
  const std::vector<Segment> whole = c.segments();
  const int64_t longest = *std::max_element(c.lengths.begin(), c.lengths.end());
  for (int64_t done = 0; done < longest; done += chunk) {
    std::vector<Segment> step;
    for (const Segment& s : whole) {
      const int64_t first = std::min(done, s.rows), rows = std::min(chunk, s.rows - first);
      step.push_back({.first_row = s.first_row + first, .rows = rows, .cached_rows = first});
    }
    ops::cache_write(rig.ctx(), o.k, o.v, cache.pages, step, cache.pool);
    ops::attention_paged(rig.ctx(), o.q, cache.pool, cache.pages, step, o.y, {.scale = scale_of(c)});
  }
  return rig.read(o.y);
}

TEST_CASE("rows have the same bits in training, prefill in parts and decoding row by row") {
  on_every_backend([&](Rig& rig) {
    for (const AttentionCase& c : attention_conformance_cases()) {
      const Values training = run(rig, c)[0];
      for (const int64_t chunk : {1, 7, 64, 1000}) {
        CAPTURE(chunk);
        CHECK(run_paged(rig, c, chunk) == training);
      }
    }
  });
}

TEST_CASE("a row's bits depend on its own segment's rows up to itself alone") {
  on_every_backend([&](Rig& rig) {
    const AttentionCase c{{131}, 2, 24, 16};
    const Operands o(rig, c);
    ops::attention(rig.ctx(), o.q, o.k, o.v, c.segments(), o.y, o.lse);
    const Values all = rig.read(o.y);
    for (const int64_t rows : {1, 63, 64, 65, 130}) {
      CAPTURE(rows);
      const Tensor y = rig.tensor(o.y.shape());
      ops::attention(rig.ctx(), o.q, o.k, o.v, std::vector<Segment>{{.rows = rows}}, y, {});
      const Values part = rig.read(y);
      const auto end = static_cast<std::ptrdiff_t>(rows * 2 * 16);
      CHECK(std::equal(part.begin(), part.begin() + end, all.begin()));
      CHECK(std::all_of(part.begin() + end, part.end(), [](double x) { return x == 0; }));  // others are left alone
    }
  });
}

TEST_CASE("results do not depend on the number of threads or, with fused multiply-add, on the level") {
  const AttentionCase c{{150, 33, 70}, 4, 48, 32};
  std::vector<Values> fused;
  for (const std::string& name : ops::devices_present()) {
    CAPTURE(name);
    Rig one(name, 1), three(name, 3);
    const std::vector<Values> results = run(one, c);
    CHECK(run(three, c) == results);
    if (name != "cpu:v3" && name != "cpu:v4") continue;
    if (fused.empty()) fused = results;
    CHECK(results == fused);
  }
}

TEST_CASE("heads that share keys and values are as heads with copies of them") {
  on_every_backend([&](Rig& rig) {
    const AttentionCase shared{{70, 9}, 6, 24, 16, 2}, copied{{70, 9}, 6, 24, 16};
    const Operands few(rig, shared), many(rig, copied);
    for (int64_t h = 0; h < 6; ++h) {
      ops::copy(rig.ctx(), few.k.slice(1, h / 3, 1), many.k.slice(1, h, 1));
      ops::copy(rig.ctx(), few.v.slice(1, h / 3, 1), many.v.slice(1, h, 1));
    }
    for (const Operands* o : {&few, &many}) {
      ops::attention(rig.ctx(), o->q, o->k, o->v, shared.segments(), o->y, o->lse);
      ops::attention_backward(rig.ctx(), o->dy, o->q, o->k, o->v, o->y, o->lse, shared.segments(), o->dq, o->dk, o->dv);
    }
    CHECK(rig.read(few.y) == rig.read(many.y));
    CHECK(rig.read(few.dq) == rig.read(many.dq));
    const Tensor sum = rig.tensor(few.dk.shape());
    for (int64_t g = 0; g < 2; ++g) {
      for (int64_t h = 3 * g; h < 3 * g + 3; ++h)
        ops::add(rig.ctx(), sum.slice(1, g, 1), many.dk.slice(1, h, 1), sum.slice(1, g, 1));
    }
    CHECK(error(rig.read(few.dk), rig.read(sum)) < 1e-6);
  });
}

TEST_CASE("scores far apart and far from zero neither overflow nor vanish") {
  on_every_backend([&](Rig& rig) {
    // One head of depth 1 and queries of 1: the keys are the scores.
    const int64_t rows = 130;
    Values scores(static_cast<size_t>(rows), -3e4), values(static_cast<size_t>(rows), 1);
    scores[3] = 200;
    values[3] = 5;
    scores[100] = 3e4;
    values[100] = -7;
    const Tensor q = rig.tensor({rows, 1, 1}, Values(static_cast<size_t>(rows), 1));
    const Tensor k = rig.tensor({rows, 1, 1}, scores), v = rig.tensor({rows, 1, 1}, values);
    const Tensor y = rig.tensor({rows, 1, 1}), lse = rig.tensor({rows, 1});
    ops::attention(rig.ctx(), q, k, v, std::vector<Segment>{{.rows = rows}}, y, lse);
    const Values got = rig.read(y);
    CHECK(got[2] == 1);
    CHECK(got[99] == 5);
    CHECK(got[100] == -7);
    CHECK(got[129] == -7);
    CHECK(rig.read(lse)[129] == 3e4);
  });
}

TEST_CASE("a copied page goes on by itself") {
  on_every_backend([&](Rig& rig) {
    const AttentionCase c{{40, 40}, 2, 8, 4};
    const Operands o(rig, c);
    const Cache cache(rig, c);
    Context& ctx = rig.ctx();
    // The first sequence's 40 rows; then one row more for it and, over a copy of its page, for a second one.
    ops::cache_write(ctx, o.k, o.v, cache.pages, std::vector<Segment>{{.rows = 40}, {.rows = 0}}, cache.pool);
    ops::cache_copy_page(ctx, cache.pool, 1, 0);
    const std::vector<Segment> next = {{.first_row = 40, .rows = 1, .cached_rows = 40},
                                       {.first_row = 40, .rows = 1, .cached_rows = 40}};
    ops::cache_write(ctx, o.k, o.v, cache.pages, next, cache.pool);
    const Values keys = rig.read(cache.pool.keys), values = rig.read(cache.pool.values);
    CHECK(std::equal(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(keys.size() / 2),
                     keys.begin() + static_cast<std::ptrdiff_t>(keys.size() / 2)));
    CHECK(std::equal(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                     values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2)));
    CHECK(std::any_of(values.begin(), values.end(), [](double x) { return x != 0; }));
  });
}

TEST_CASE("wrong shapes, segments and pages are refused by name") {
  Rig rig("cpu");
  Context& ctx = rig.ctx();
  const AttentionCase c{{4}, 1, 2, 3};
  const Operands o(rig, c);
  const Cache cache(rig, c);
  const AttentionCase odd{{4}, 3, 2, 3, 2};
  const Operands uneven(rig, odd);
  CHECK_THROWS_WITH_AS(ops::attention(ctx, uneven.q, uneven.k, uneven.v, odd.segments(), uneven.y, {}),
                       "attention: k is f32 [4, 2, 2]; its 2 heads do not divide the 3 heads of q", Error);
  CHECK_THROWS_WITH_AS(ops::attention(ctx, o.q, o.v, o.v, c.segments(), o.y, {}),
                       "attention: k is f32 [4, 1, 3]; expected [4, 1, 2]", Error);
  CHECK_THROWS_WITH_AS(ops::attention(ctx, o.q, o.k, o.v, std::vector<Segment>{{.first_row = 2, .rows = 3}}, o.y, {}),
                       "attention: a segment of 3 rows from row 2 does not fit into 4 rows", Error);
  CHECK_THROWS_WITH_AS(ops::attention(ctx, o.q, o.k, o.v, std::vector<Segment>{{.rows = 1, .cached_rows = 3}}, o.y, {}),
                       "attention: a segment has 3 cached rows; with a cache call attention_paged", Error);
  CHECK_THROWS_WITH_AS(ops::attention_paged(ctx, o.q, cache.pool, cache.pages,
                                            std::vector<Segment>{{.rows = 4, .cached_rows = 61}}, o.y),
                       "attention_paged: a sequence of 65 positions has only 1 pages of 64", Error);
  for (const char* name : {"cpu", "reference"}) {
    Rig other(name);
    const Operands operands(other, c);
    const Cache full(other, c);
    CHECK_THROWS_WITH_AS(ops::attention_paged(other.ctx(), operands.q, full.pool, other.ids({1, 1}, {-1}),
                                              std::vector<Segment>{{.rows = 1}}, operands.y),
                         "attention_paged: position 0 of sequence 0 is in page -1 of a cache of 1 pages", Error);
  }
}
