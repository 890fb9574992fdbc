#include "millet/ops/scratch.h"

#include "millet/ops/attention.h"
#include "millet/ops/gemm.h"
#include "millet/ops/optimizer.h"
#include "millet/ops/sample.h"
#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;

// Most workspace that a call used, out of one block that is large enough for all.
template <class F>
static int64_t used(Rig& rig, F call) {
  Context ctx(rig.ctx().device(), rig.ctx().threads());
  ctx.workspace().reserve(int64_t{1} << 26);
  call(ctx);
  CHECK(ctx.workspace().used_bytes() == 0);
  return ctx.workspace().peak_bytes();
}

static constexpr int64_t kAlignment = 128;  // of two tensors

TEST_CASE("products take no more than is said, forward and backward, one matrix or a stack") {
  on_every_backend([](Rig& rig) {
    for (const auto& [n, k] : {std::pair<int64_t, int64_t>{5, 7}, {96, 40}, {33, 130}}) {
      const int64_t rows = 200;
      const Tensor x = rig.tensor({rows, k}), y = rig.tensor({rows, n}), w = rig.tensor({n, k});
      const int64_t bound = ops::product_scratch_bytes(w.shape());
      CHECK(used(rig, [&](Context& ctx) { ops::gemm_nt(ctx, x, {w, {}}, y); }) <= bound);
      CHECK(used(rig, [&](Context& ctx) { ops::gemm_nn(ctx, y, w, x); }) <= bound);
      CHECK(used(rig, [&](Context& ctx) { ops::gemm_tn(ctx, y, x, w, {.accumulate = true}); }) <= bound);

      const Tensor stack = rig.tensor({3, n, k}), begin = rig.ids({4}, {0, 90, 90, 200});
      const int64_t stack_bound = ops::product_scratch_bytes(stack.shape());
      CHECK(used(rig, [&](Context& ctx) { ops::gemm_grouped_nt(ctx, x, {stack, {}}, begin, y); }) <= stack_bound);
      CHECK(used(rig, [&](Context& ctx) { ops::gemm_grouped_nn(ctx, y, stack, begin, x); }) <= stack_bound);
      CHECK(used(rig, [&](Context& ctx) { ops::gemm_grouped_tn(ctx, y, x, begin, stack, {.accumulate = true}); }) <=
            stack_bound);
      CHECK(ops::gemm_packed_bytes(rig.ctx(), w) <= ops::packed_bytes_at_most(w.shape()));
      CHECK(ops::gemm_packed_bytes(rig.ctx(), stack) <= ops::packed_bytes_at_most(stack.shape()));
    }
  });
}

TEST_CASE("the bound of a product is tight on the cpu") {
  Rig rig("cpu");
  const Tensor x = rig.tensor({8, 64}), y = rig.tensor({8, 96}), w = rig.tensor({96, 64});
  CHECK(used(rig, [&](Context& ctx) { ops::gemm_nt(ctx, x, {w, {}}, y); }) == ops::product_scratch_bytes(w.shape()));
}

TEST_CASE("attention takes no more for each thread than is said, forward and backward") {
  on_every_backend([](Rig& rig) {
    const int64_t T = 300, N = 2, D = 24, Dv = 16;
    const std::vector<ops::Segment> segments{{.first_row = 0, .rows = 270}, {.first_row = 270, .rows = 30}};
    const Tensor q = rig.tensor({T, N, D}), k = rig.tensor({T, N, D}), v = rig.tensor({T, N, Dv}),
                 y = rig.tensor({T, N, Dv}), lse = rig.tensor({T, N});
    const int64_t bound = rig.ctx().threads() * ops::attention_scratch_bytes(D, Dv, 270) + kAlignment;
    CHECK(used(rig, [&](Context& ctx) { ops::attention(ctx, q, k, v, segments, y, lse); }) <= bound);
    const Tensor dq = rig.tensor({T, N, D}), dk = rig.tensor({T, N, D}), dv = rig.tensor({T, N, Dv});
    CHECK(used(rig, [&](Context& ctx) { ops::attention_backward(ctx, y, q, k, v, y, lse, segments, dq, dk, dv); }) <=
          bound);
  });
}

TEST_CASE("Muon and sampling take no more for each thread than is said") {
  on_every_backend([](Rig& rig) {
    const int64_t threads = rig.ctx().threads();
    for (const auto& [n, k] : {std::pair<int64_t, int64_t>{5, 7}, {96, 40}, {33, 130}}) {
      const Tensor w = rig.tensor({4, n, k}), g = rig.tensor({4, n, k}), m = rig.tensor({4, n, k});
      CHECK(used(rig, [&](Context& ctx) { ops::muon(ctx, w, g, m, {}); }) <=
            threads * ops::muon_scratch_bytes(n, k) + kAlignment);
    }
    const int64_t Q = 3, V = 70;
    const Tensor logits = rig.tensor({Q, V}), one = rig.tensor({Q}, {1, 1, 1}), half = rig.tensor({Q}, {.5, .5, .5});
    CHECK(used(rig, [&](Context& ctx) {
            ops::sample(ctx, logits, one, rig.ids({Q}, {0, 0, 5}), one, half, rig.ids({Q}));
          }) <= threads * ops::sample_scratch_bytes(V) + kAlignment);
  });
}
