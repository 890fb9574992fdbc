// Choosing experts on the CPU: cuts rows, or segments, into tasks and hands out scratch. Arithmetic: kernels/router.cc.
#include "millet/ops/cpu/kernels/router.h"

#include "millet/core/error.h"
#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

// A score costs an exponential, a division and its place in the order.
static constexpr int64_t kScore = 8;

static const int32_t* experts_of(std::string_view op, const ConstTensor& expert, int64_t experts) {
  const int32_t* id = i32(expert);
  for (int64_t t = 0; t < expert.size(0); ++t) {
    for (int64_t s = 0; s < expert.size(1); ++s) {
      const int32_t e = id[t * expert.stride(0) + s];
      require(e >= 0 && e < experts, "{}: expert[{}, {}] is {}; there are {}", op, t, s, e, experts);
    }
  }
  return id;
}

void router(Context& ctx, ConstTensor logits, ConstTensor bias, Tensor scores, Tensor expert, Tensor gate,
            RouterOptions options) {
  const int64_t E = logits.size(1), threads = ctx.threads();
  const ArenaScope scope(ctx.workspace());
  const Tensor biased = ctx.workspace().tensor(DType::f32, {threads, E});
  const Tensor group_score = ctx.workspace().tensor(DType::f32, {threads, options.n_group});
  const Tensor best_group = ctx.workspace().tensor(DType::i32, {threads, options.topk_group});
  const RouterBlock all = {.logits = rows_of(logits, "router", "logits"),
                           .bias = bias.empty() ? nullptr : f32(bias, "router", "bias"),
                           .scores = rows_of(scores, "router", "scores"),
                           .expert = static_cast<int32_t*>(expert.data()),
                           .expert_stride = expert.stride(0),
                           .gate = rows_of(gate, "router", "gate"),
                           .experts = E,
                           .k = expert.size(1),
                           .n_group = options.n_group,
                           .topk_group = options.topk_group,
                           .softmax = options.scoring == Scoring::softmax,
                           .two_best = options.group_score == GroupScore::two_best,
                           .normalise = options.norm_topk_prob,
                           .factor = static_cast<float>(options.routed_scaling_factor)};
  const RouterKernels& k = *kernels(ctx).router;
  for_rows(ctx, logits.size(0), kScore * E, [&](int64_t first, int64_t count, int worker) {
    RouterBlock part = all;
    part.logits = from(all.logits, first);
    part.scores = from(all.scores, first);
    part.expert += first * all.expert_stride;
    part.gate = from(all.gate, first);
    part.rows = count;
    part.biased = static_cast<float*>(biased.select(worker).data());
    part.group_score = static_cast<float*>(group_score.select(worker).data());
    part.best_group = static_cast<int32_t*>(best_group.select(worker).data());
    k.router(part);
  });
}

void router_backward(Context& ctx, ConstTensor dgate, ConstTensor dscores, ConstTensor scores, ConstTensor expert,
                     Tensor dlogits, RouterOptions options) {
  constexpr std::string_view op = "router_backward";
  const int64_t E = scores.size(1);
  const RouterBackwardBlock all = {.dgate = rows_of(dgate, op, "dgate"),
                                   .dscores = dscores.empty() ? ConstRows{nullptr, 0} : rows_of(dscores, op, "dscores"),
                                   .scores = rows_of(scores, op, "scores"),
                                   .expert = experts_of(op, expert, E),
                                   .expert_stride = expert.stride(0),
                                   .dlogits = rows_of(dlogits, op, "dlogits"),
                                   .experts = E,
                                   .k = expert.size(1),
                                   .softmax = options.scoring == Scoring::softmax,
                                   .normalise = options.norm_topk_prob,
                                   .factor = static_cast<float>(options.routed_scaling_factor)};
  const RouterKernels& k = *kernels(ctx).router;
  for_rows(ctx, scores.size(0), 2 * E, [&](int64_t first, int64_t count) {
    RouterBackwardBlock part = all;
    part.dgate = from(all.dgate, first);
    if (!dscores.empty()) part.dscores = from(all.dscores, first);
    part.scores = from(all.scores, first);
    part.expert += first * all.expert_stride;
    part.dlogits = from(all.dlogits, first);
    part.rows = count;
    k.router_backward(part);
  });
}

void expert_load(Context&, ConstTensor expert, Tensor load) {
  const int32_t* id = experts_of("expert_load", expert, load.size(0));
  auto* count = static_cast<int32_t*>(load.data());
  for (int64_t t = 0; t < expert.size(0); ++t) {
    for (int64_t s = 0; s < expert.size(1); ++s) ++count[id[t * expert.stride(0) + s]];
  }
}

void sequence_balance(Context& ctx, ConstTensor scores, ConstTensor expert, std::span<const Segment> segments,
                      ConstTensor coefficient, Tensor loss, Tensor dscores) {
  constexpr std::string_view op = "sequence_balance";
  const int64_t T = scores.size(0), E = scores.size(1), threads = ctx.threads();
  const auto sequences = static_cast<int64_t>(segments.size());
  int64_t covered = 0;
  for (const Segment& s : segments) covered += s.rows;
  if (!dscores.empty() && covered != T) fill(ctx, dscores, 0);  // a row of no segment has no loss

  const ArenaScope scope(ctx.workspace());
  const Tensor scratch = ctx.workspace().tensor(DType::f32, {threads, 2, E});
  const ConstRows from_scores = rows_of(scores, op, "scores");
  const int32_t* id = experts_of(op, expert, E);
  const float* c = f32(coefficient, op, "coefficient");
  float* losses = f32(loss, op, "loss");
  const Rows to = dscores.empty() ? Rows{nullptr, 0} : rows_of(dscores, op, "dscores");
  const RouterKernels& k = *kernels(ctx).router;
  const int64_t mean_rows = sequences == 0 ? 0 : covered / sequences;
  for_rows(ctx, sequences, 6 * E * mean_rows, [&](int64_t first, int64_t count, int worker) {
    auto* mine = static_cast<float*>(scratch.select(worker).data());
    for (int64_t b = first; b < first + count; ++b) {
      const Segment& s = segments[static_cast<size_t>(b)];
      losses[b] = k.sequence_balance({.scores = from(from_scores, s.first_row),
                                      .expert = id + s.first_row * expert.stride(0),
                                      .expert_stride = expert.stride(0),
                                      .dscores = dscores.empty() ? to : from(to, s.first_row),
                                      .rows = s.rows,
                                      .experts = E,
                                      .k = expert.size(1),
                                      .coefficient = c[b],
                                      .frequency = mine,
                                      .share = mine + E});
    }
  });
}

}  // namespace millet::ops::cpu
