// router. Bound per row of E scores: E exponentials and divisions, then about E comparisons by scalars: arithmetic.
#include "millet/ops/cpu/kernels/router.h"

#include "millet/ops/cpu/kernels/lanes.h"

namespace millet::ops::cpu::MILLET_ISA {

namespace {

// A list of the k largest values seen, best first. Candidates come in ascending order and only a larger value passes
// an earlier one: ties stay with the lower. NaN passes nothing but fills an empty place, so that every place is valid.
inline void offer(const float* value, int32_t candidate, int32_t* best, int64_t& count, int64_t k) {
  if (count == k && !(value[candidate] > value[best[k - 1]])) return;
  int64_t at = count < k ? count++ : k - 1;
  for (; at > 0 && value[candidate] > value[best[at - 1]]; --at) best[at] = best[at - 1];
  best[at] = candidate;
}

float best_of(const float* value, int64_t count) {
  float best = value[0];
  for (int64_t e = 1; e < count; ++e) best = value[e] > best ? value[e] : best;
  return best;
}

float two_best(const float* value, int64_t count) {
  float best = value[0] >= value[1] ? value[0] : value[1];
  float second = value[0] >= value[1] ? value[1] : value[0];
  for (int64_t e = 2; e < count; ++e) {
    if (value[e] > best) {
      second = best;
      best = value[e];
    } else if (value[e] > second) {
      second = value[e];
    }
  }
  return best + second;
}

void choose(const RouterBlock& b, int32_t* expert) {
  const int64_t in_group = b.experts / b.n_group;
  int64_t groups = 0, experts = 0;
  if (b.n_group > 1) {
    for (int64_t g = 0; g < b.n_group; ++g) {
      const float* group = b.biased + g * in_group;
      b.group_score[g] = b.two_best ? two_best(group, in_group) : best_of(group, in_group);
    }
  }
  for (int64_t g = 0; g < b.n_group && b.topk_group < b.n_group; ++g)
    offer(b.group_score, static_cast<int32_t>(g), b.best_group, groups, b.topk_group);
  for (int64_t g = 0; g < b.n_group; ++g) {
    bool stays = b.topk_group == b.n_group;
    for (int64_t i = 0; i < groups; ++i) stays = stays || b.best_group[i] == g;
    for (int64_t e = g * in_group; stays && e < (g + 1) * in_group; ++e)
      offer(b.biased, static_cast<int32_t>(e), expert, experts, b.k);
  }
}

void softmax(const float* logits, float* scores, int64_t experts) {
  const f32x16 top = broadcast(best_of(logits, experts));
  f32x16 partial = zero();
  for_lanes(experts, [&](int64_t e, auto lanes) {
    store(scores + e, exp(load(logits + e, lanes) - top), lanes);
    partial = partial + load(scores + e, lanes);
  });
  const f32x16 total = broadcast(sum(partial));
  for_lanes(experts, [&](int64_t e, auto lanes) { store(scores + e, load(scores + e, lanes) / total, lanes); });
}

void router(const RouterBlock& b) {
  for (int64_t t = 0; t < b.rows; ++t) {
    const float* logits = b.logits.at + t * b.logits.stride;
    float* scores = b.scores.at + t * b.scores.stride;
    int32_t* expert = b.expert + t * b.expert_stride;
    float* gate = b.gate.at + t * b.gate.stride;
    if (b.softmax)
      softmax(logits, scores, b.experts);
    else
      for_lanes(b.experts, [&](int64_t e, auto lanes) { store(scores + e, sigmoid(load(logits + e, lanes)), lanes); });
    for_lanes(b.experts, [&](int64_t e, auto lanes) {
      const f32x16 bias = b.bias == nullptr ? zero() : load(b.bias + e, lanes);
      store(b.biased + e, load(scores + e, lanes) + bias, lanes);
    });
    choose(b, expert);
    float total = 1;
    if (b.normalise) {
      total = 0;
      for (int64_t s = 0; s < b.k; ++s) total += scores[expert[s]];
      total += 1e-20F;
    }
    for (int64_t s = 0; s < b.k; ++s) gate[s] = scores[expert[s]] / total * b.factor;
  }
}

// d becomes s · (d − Σ_j d_j · s_j).
void softmax_backward(const float* scores, float* d, int64_t experts) {
  f32x16 partial = zero();
  for_lanes(experts,
            [&](int64_t e, auto lanes) { partial = fma(load(d + e, lanes), load(scores + e, lanes), partial); });
  const f32x16 shared = broadcast(sum(partial));
  for_lanes(experts, [&](int64_t e, auto lanes) {
    store(d + e, load(scores + e, lanes) * (load(d + e, lanes) - shared), lanes);
  });
}

// With normalisation gate_i = f · s_i / S, so  ds_i = f / S · (dgate_i − Σ_j dgate_j · s_j / S);  without  f · dgate_i.
// dlogits holds ds until all of a row is known.
void router_backward(const RouterBackwardBlock& b) {
  for (int64_t t = 0; t < b.rows; ++t) {
    const float* dgate = b.dgate.at + t * b.dgate.stride;
    const float* dscores = b.dscores.at == nullptr ? nullptr : b.dscores.at + t * b.dscores.stride;
    const float* scores = b.scores.at + t * b.scores.stride;
    const int32_t* expert = b.expert + t * b.expert_stride;
    float* dlogits = b.dlogits.at + t * b.dlogits.stride;
    for_lanes(b.experts, [&](int64_t e, auto lanes) {
      store(dlogits + e, dscores == nullptr ? zero() : load(dscores + e, lanes), lanes);
    });
    float total = 0, mean = 0;
    for (int64_t i = 0; i < b.k; ++i) {
      total += scores[expert[i]];
      mean += dgate[i] * scores[expert[i]];
    }
    total += 1e-20F;
    mean /= total;
    for (int64_t i = 0; i < b.k; ++i)
      dlogits[expert[i]] += b.factor * (b.normalise ? (dgate[i] - mean) / total : dgate[i]);
    if (b.softmax)
      softmax_backward(scores, dlogits, b.experts);
    else
      for_lanes(b.experts, [&](int64_t e, auto lanes) {
        const f32x16 s = load(scores + e, lanes);
        store(dlogits + e, load(dlogits + e, lanes) * (s * (broadcast(1.0F) - s)), lanes);
      });
  }
}

struct Sums {
  float scores, weighted;  // Σ s + 1e-20 and Σ f·s, row sums of the contract
};

Sums sums(const float* scores, const float* frequency, int64_t experts) {
  f32x16 partial = zero(), weighted = zero();
  for_lanes(experts, [&](int64_t e, auto lanes) {
    const f32x16 s = load(scores + e, lanes);
    partial = partial + s;
    weighted = fma(load(frequency + e, lanes), s, weighted);
  });
  return {sum(partial) + 1e-20F, sum(weighted)};
}

// ∂loss/∂s_te = (f_e − Σ_j f_j s_tj / S_t) / (rows · S_t),  S_t = Σ_j s_tj + 1e-20.
float sequence_balance(const BalanceBlock& b) {
  if (b.rows == 0) return 0;
  for (int64_t e = 0; e < b.experts; ++e) b.frequency[e] = b.share[e] = 0;
  for (int64_t t = 0; t < b.rows; ++t) {
    for (int64_t s = 0; s < b.k; ++s) b.frequency[b.expert[t * b.expert_stride + s]] += 1.0F;
  }
  const float even = static_cast<float>(b.experts) / static_cast<float>(b.k * b.rows);
  for (int64_t e = 0; e < b.experts; ++e) b.frequency[e] *= even;

  const auto rows = static_cast<float>(b.rows);
  for (int64_t t = 0; t < b.rows; ++t) {
    const float* scores = b.scores.at + t * b.scores.stride;
    const Sums total = sums(scores, b.frequency, b.experts);
    const f32x16 divisor = broadcast(total.scores), mean = broadcast(total.weighted / total.scores);
    const f32x16 outer = broadcast(b.coefficient / (rows * total.scores));
    for_lanes(b.experts, [&](int64_t e, auto lanes) {
      store(b.share + e, load(b.share + e, lanes) + load(scores + e, lanes) / divisor, lanes);
      if (b.dscores.at != nullptr)
        store(b.dscores.at + t * b.dscores.stride + e, outer * (load(b.frequency + e, lanes) - mean), lanes);
    });
  }
  return sums(b.share, b.frequency, b.experts).weighted / rows;
}

}  // namespace

extern const RouterKernels routing;
const RouterKernels routing = {
    .router = router, .router_backward = router_backward, .sequence_balance = sequence_balance};

}  // namespace millet::ops::cpu::MILLET_ISA
