// The specification of ops/router.h.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "millet/core/error.h"
#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

// The `count` of `candidates` (ascending) with the largest values, best first, ties to the lower.
static std::vector<int64_t> best(std::vector<int64_t> candidates, int64_t count,
                                 const std::function<double(int64_t)>& value) {
  std::stable_sort(candidates.begin(), candidates.end(), [&](int64_t a, int64_t b) { return value(a) > value(b); });
  candidates.resize(static_cast<size_t>(count));
  return candidates;
}

static std::vector<int64_t> range(int64_t first, int64_t count) {
  std::vector<int64_t> numbers(static_cast<size_t>(count));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

static int64_t expert_of(std::string_view op, const ConstView& expert, int64_t t, int64_t s, int64_t experts) {
  const int64_t e = expert.index(t, s);
  require(e >= 0 && e < experts, "{}: expert[{}, {}] is {}; there are {}", op, t, s, e, experts);
  return e;
}

// The scores of row t.
static void score(const ConstView& logits, int64_t t, Scoring scoring, const View& scores) {
  const int64_t E = logits.size(1);
  if (scoring == Scoring::sigmoid) {
    for (int64_t e = 0; e < E; ++e) scores.set(1 / (1 + std::exp(-logits(t, e))), t, e);
    return;
  }
  double top = -INFINITY, sum = 0;
  for (int64_t e = 0; e < E; ++e) top = std::max(top, logits(t, e));
  for (int64_t e = 0; e < E; ++e) sum += std::exp(logits(t, e) - top);
  for (int64_t e = 0; e < E; ++e) scores.set(std::exp(logits(t, e) - top) / sum, t, e);
}

void router(Context& ctx, ConstTensor logits_tensor, ConstTensor bias_tensor, Tensor scores_tensor,
            Tensor expert_tensor, Tensor gate_tensor, RouterOptions options) {
  const ConstView logits(ctx, logits_tensor), bias(ctx, bias_tensor);
  const View scores(ctx, scores_tensor), expert(ctx, expert_tensor), gate(ctx, gate_tensor);
  const int64_t T = logits.size(0), E = logits.size(1), k = expert.size(1), in_group = E / options.n_group;
  for (int64_t t = 0; t < T; ++t) {
    score(logits, t, options.scoring, scores);
    const auto biased = [&](int64_t e) { return scores(t, e) + (bias ? bias(e) : 0); };
    const auto group_score = [&](int64_t g) {
      if (options.n_group == 1) return 0.0;
      const bool two = options.group_score == GroupScore::two_best;
      double sum = 0;
      for (const int64_t e : best(range(g * in_group, in_group), two ? 2 : 1, biased)) sum += biased(e);
      return sum;
    };
    std::vector<int64_t> groups = best(range(0, options.n_group), options.topk_group, group_score), candidates;
    std::sort(groups.begin(), groups.end());
    for (const int64_t g : groups) {
      for (const int64_t e : range(g * in_group, in_group)) candidates.push_back(e);
    }
    const std::vector<int64_t> chosen = best(candidates, k, biased);
    double sum = 1e-20;
    for (const int64_t e : chosen) sum += scores(t, e);
    for (int64_t s = 0; s < k; ++s) {
      const int64_t e = chosen[static_cast<size_t>(s)];
      expert.set_index(e, t, s);
      gate.set(scores(t, e) / (options.norm_topk_prob ? sum : 1) * options.routed_scaling_factor, t, s);
    }
  }
}

// With normalisation gate_i = f · s_i / S, so  ds_i = f / S · (dgate_i − Σ_j dgate_j · s_j / S);  without  f · dgate_i.
// Then dlogit_i = ds_i · s_i · (1 − s_i) of a sigmoid, s_i · (ds_i − Σ_j ds_j · s_j) of a softmax.
void router_backward(Context& ctx, ConstTensor dgate_tensor, ConstTensor dscores_tensor, ConstTensor scores_tensor,
                     ConstTensor expert_tensor, Tensor dlogits_tensor, RouterOptions options) {
  const ConstView dgate(ctx, dgate_tensor), dscores(ctx, dscores_tensor), scores(ctx, scores_tensor),
      expert(ctx, expert_tensor);
  const View dlogits(ctx, dlogits_tensor);
  const int64_t T = scores.size(0), E = scores.size(1), k = expert.size(1);
  for (int64_t t = 0; t < T; ++t) {
    std::vector<double> ds(static_cast<size_t>(E));
    for (int64_t e = 0; e < E; ++e) ds[static_cast<size_t>(e)] = dscores ? dscores(t, e) : 0;
    double sum = 1e-20, mean = 0;
    for (int64_t s = 0; s < k; ++s) sum += scores(t, expert_of("router_backward", expert, t, s, E));
    for (int64_t s = 0; s < k; ++s) mean += dgate(t, s) * scores(t, expert.index(t, s)) / sum;
    for (int64_t s = 0; s < k; ++s) {
      const double d = options.norm_topk_prob ? (dgate(t, s) - mean) / sum : dgate(t, s);
      ds[static_cast<size_t>(expert.index(t, s))] += options.routed_scaling_factor * d;
    }
    const bool softmax = options.scoring == Scoring::softmax;
    double shared = 0;
    for (int64_t e = 0; softmax && e < E; ++e) shared += ds[static_cast<size_t>(e)] * scores(t, e);
    for (int64_t e = 0; e < E; ++e) {
      const double s = scores(t, e), d = ds[static_cast<size_t>(e)];
      dlogits.set(softmax ? s * (d - shared) : d * s * (1 - s), t, e);
    }
  }
}

void expert_load(Context& ctx, ConstTensor expert_tensor, Tensor load_tensor) {
  const ConstView expert(ctx, expert_tensor);
  const View load(ctx, load_tensor);
  for (int64_t t = 0; t < expert.size(0); ++t) {
    for (int64_t s = 0; s < expert.size(1); ++s) {
      const int64_t e = expert_of("expert_load", expert, t, s, load.size(0));
      load.set_index(load.index(e) + 1, e);
    }
  }
}

// ∂P_i/∂s_tj = ([i = j] − s_ti / S_t) / (rows · S_t),  S_t = Σ_j s_tj + 1e-20.
void sequence_balance(Context& ctx, ConstTensor scores_tensor, ConstTensor expert_tensor,
                      std::span<const Segment> segments, ConstTensor coefficient_tensor, Tensor loss_tensor,
                      Tensor dscores_tensor) {
  const ConstView scores(ctx, scores_tensor), expert(ctx, expert_tensor), coefficient(ctx, coefficient_tensor);
  const View loss(ctx, loss_tensor), dscores(ctx, dscores_tensor);
  const int64_t T = scores.size(0), E = scores.size(1), k = expert.size(1);
  if (dscores) {  // a row of no segment has no loss
    for (int64_t t = 0; t < T; ++t) {
      for (int64_t e = 0; e < E; ++e) dscores.set(0, t, e);
    }
  }
  for (size_t b = 0; b < segments.size(); ++b) {
    const int64_t first = segments[b].first_row, end = first + segments[b].rows;
    const auto rows = static_cast<double>(segments[b].rows);
    std::vector<double> f(static_cast<size_t>(E)), P(static_cast<size_t>(E));
    double total = 0;
    for (int64_t t = first; t < end; ++t) {
      double sum = 1e-20;
      for (int64_t s = 0; s < k; ++s)
        f[static_cast<size_t>(expert_of("sequence_balance", expert, t, s, E))] +=
            static_cast<double>(E) / (static_cast<double>(k) * rows);
      for (int64_t e = 0; e < E; ++e) sum += scores(t, e);
      for (int64_t e = 0; e < E; ++e) P[static_cast<size_t>(e)] += scores(t, e) / sum / rows;
    }
    for (size_t e = 0; e < f.size(); ++e) total += f[e] * P[e];
    loss.set(total, static_cast<int64_t>(b));
    if (!dscores) continue;
    for (int64_t t = first; t < end; ++t) {
      double sum = 1e-20, mean = 0;
      for (int64_t e = 0; e < E; ++e) sum += scores(t, e);
      for (int64_t e = 0; e < E; ++e) mean += f[static_cast<size_t>(e)] * scores(t, e) / sum;
      for (int64_t e = 0; e < E; ++e)
        dscores.set(coefficient(b) / (rows * sum) * (f[static_cast<size_t>(e)] - mean), t, e);
    }
  }
}

}  // namespace millet::ops::reference
