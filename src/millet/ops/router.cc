#include "millet/ops/router.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

static void expect_groups(int64_t experts, int64_t k, const RouterOptions& o) {
  require(o.n_group >= 1 && experts % o.n_group == 0,
          "router: {} experts do not divide into n_group = {} groups of equal size", experts, o.n_group);
  const int64_t in_group = experts / o.n_group;
  require(o.n_group == 1 || in_group >= 2 || o.group_score == GroupScore::best,
          "router: n_group = {} leaves one expert in a group, but a group is judged by its two best; use fewer groups",
          o.n_group);
  require(o.topk_group >= 1 && o.topk_group <= o.n_group, "router: topk_group is {}; expected 1 to n_group = {}",
          o.topk_group, o.n_group);
  require(k >= 1 && k <= o.topk_group * in_group,
          "router: {} experts a token are wanted, but {} groups of {} experts leave {}", k, o.topk_group, in_group,
          o.topk_group * in_group);
}

void router(Context& ctx, ConstTensor logits, ConstTensor bias, Tensor scores, Tensor expert, Tensor gate,
            RouterOptions options) {
  expect_rank("router", "logits", logits, 2);
  expect_float("router", "logits", logits);
  if (!bias.empty()) expect("router", "bias", bias, {logits.size(1)}, logits.dtype());
  expect("router", "scores", scores, logits.shape(), logits.dtype());
  expect_rank("router", "expert", expert, 2);
  expect("router", "expert", expert, {logits.size(0), expert.size(1)}, DType::i32);
  expect("router", "gate", gate, expert.shape(), logits.dtype());
  expect_groups(logits.size(1), expert.size(1), options);
  available(ctx, backend(ctx).router, "router")(ctx, logits, bias, scores, expert, gate, options);
}

void router_backward(Context& ctx, ConstTensor dgate, ConstTensor dscores, ConstTensor scores, ConstTensor expert,
                     Tensor dlogits, RouterOptions options) {
  constexpr std::string_view op = "router_backward";
  expect_rank(op, "scores", scores, 2);
  expect_float(op, "scores", scores);
  expect_rank(op, "expert", expert, 2);
  expect(op, "expert", expert, {scores.size(0), expert.size(1)}, DType::i32);
  expect(op, "dgate", dgate, expert.shape(), scores.dtype());
  if (!dscores.empty()) expect(op, "dscores", dscores, scores.shape(), scores.dtype());
  expect(op, "dlogits", dlogits, scores.shape(), scores.dtype());
  available(ctx, backend(ctx).router_backward, op)(ctx, dgate, dscores, scores, expert, dlogits, options);
}

void expert_load(Context& ctx, ConstTensor expert, Tensor load) {
  expect_rank("expert_load", "expert", expert, 2);
  expect_dtype("expert_load", "expert", expert, DType::i32);
  expect_rank("expert_load", "load", load, 1);
  expect_dtype("expert_load", "load", load, DType::i32);
  available(ctx, backend(ctx).expert_load, "expert_load")(ctx, expert, load);
}

void sequence_balance(Context& ctx, ConstTensor scores, ConstTensor expert, std::span<const Segment> segments,
                      ConstTensor coefficient, Tensor loss, Tensor dscores) {
  constexpr std::string_view op = "sequence_balance";
  expect_rank(op, "scores", scores, 2);
  expect_float(op, "scores", scores);
  expect_rank(op, "expert", expert, 2);
  expect(op, "expert", expert, {scores.size(0), expert.size(1)}, DType::i32);
  const auto sequences = static_cast<int64_t>(segments.size());
  for (const Segment& s : segments)
    require(s.first_row >= 0 && s.rows >= 0 && s.first_row + s.rows <= scores.size(0),
            "{}: a segment has rows {} to {}, scores has {}", op, s.first_row, s.first_row + s.rows, scores.size(0));
  expect(op, "coefficient", coefficient, {sequences}, scores.dtype());
  expect(op, "loss", loss, {sequences}, scores.dtype());
  if (!dscores.empty()) expect(op, "dscores", dscores, scores.shape(), scores.dtype());
  available(ctx, backend(ctx).sequence_balance, op)(ctx, scores, expert, segments, coefficient, loss, dscores);
}

}  // namespace millet::ops
