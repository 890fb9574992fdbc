// Drawing tokens on the CPU: one row a task at least. What touches every logit is in kernels/sample.cc; the choice
// among them is here.
#include <algorithm>
#include <numeric>

#include "millet/ops/contract.h"
#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

namespace {

// Weights are summed in blocks of this many, so that a large vocabulary is not one chain of additions.
constexpr int64_t kBlock = 1024;

struct Row {
  const float* logits;
  const float* weight;  // exp((logit − largest) / T)
  int64_t width;
  const MathKernels& math;

  double block_sum(int64_t begin) const {
    return static_cast<double>(math.sum(weight + begin, std::min(kBlock, width - begin)));
  }
  double sum() const {
    double total = 0;
    for (int64_t begin = 0; begin < width; begin += kBlock) total += block_sum(begin);
    return total;
  }
};

// The first token at which the sum of weights in id order passes `wanted`, which is less than the sum of all; should
// rounding leave the block's own sum short of it, the block's last token with any weight.
int32_t invert(const Row& row, double wanted) {
  double sum = 0;
  int64_t drawn = 0;
  for (int64_t begin = 0; begin < row.width; begin += kBlock) {
    const double block = row.block_sum(begin);
    const int64_t end = std::min(begin + kBlock, row.width);
    if (sum + block <= wanted && end < row.width) {
      sum += block;
      continue;
    }
    for (int64_t v = begin; v < end; ++v) {
      if (row.weight[v] > 0) drawn = v;
      sum += static_cast<double>(row.weight[v]);
      if (sum > wanted) break;
    }
    break;
  }
  return static_cast<int32_t>(drawn);
}

// The same among some tokens, in id order.
int32_t invert(const Row& row, const int32_t* ids, int64_t count, double uniform) {
  double total = 0, sum = 0;
  for (int64_t i = 0; i < count; ++i) total += static_cast<double>(row.weight[ids[i]]);
  int32_t drawn = ids[0];
  for (int64_t i = 0; i < count; ++i) {
    if (row.weight[ids[i]] > 0) drawn = ids[i];
    sum += static_cast<double>(row.weight[ids[i]]);
    if (sum > uniform * total) break;
  }
  return drawn;
}

// Restricts the draw to the best tokens. `ids` is scratch [width]; returns how many of them, sorted, are kept. A heap
// gives the best one after the other: a nucleus is small where the model is sure, and nothing else is sorted.
int64_t keep_best(const Row& row, int64_t top_k, double top_p, int32_t* ids) {
  std::iota(ids, ids + row.width, 0);
  const auto better = [&](int32_t a, int32_t b) {
    return row.logits[a] > row.logits[b] || (row.logits[a] == row.logits[b] && a < b);
  };
  int64_t count = row.width;
  if (top_k > 0 && top_k < count) {
    std::nth_element(ids, ids + top_k, ids + count, better);
    count = top_k;
    std::sort(ids, ids + count);
  }
  if (top_p >= 1) return count;

  double total = 0;
  if (count == row.width) {
    total = row.sum();
  } else {
    for (int64_t i = 0; i < count; ++i) total += static_cast<double>(row.weight[ids[i]]);
  }
  const auto worse = [&](int32_t a, int32_t b) { return better(b, a); };
  std::make_heap(ids, ids + count, worse);
  double sum = 0;
  int64_t rest = count;  // the heap; behind it, the tokens taken out
  while (rest > 0 && sum < top_p * total) {
    sum += static_cast<double>(row.weight[ids[0]]);
    std::pop_heap(ids, ids + rest, worse);
    --rest;
  }
  std::move(ids + rest, ids + count, ids);
  std::sort(ids, ids + (count - rest));
  return count - rest;
}

}  // namespace

void sample(Context& ctx, ConstTensor logits, ConstTensor temperature, ConstTensor top_k, ConstTensor top_p,
            ConstTensor uniform, Tensor token) {
  const int64_t Q = logits.size(0), V = logits.size(1);
  const ConstRows rows = rows_of(logits, "sample", "logits");
  const float* t = f32(temperature, "sample", "temperature");
  const float* p = f32(top_p, "sample", "top_p");
  const float* u = f32(uniform, "sample", "uniform");
  const int32_t* k = i32(top_k);
  auto* to = static_cast<int32_t*>(token.data());
  for (int64_t q = 0; q < Q; ++q)
    expect_sample_options(q, static_cast<double>(t[q]), k[q], static_cast<double>(p[q]), static_cast<double>(u[q]));

  const ArenaScope scope(ctx.workspace());
  const Tensor weights = ctx.workspace().tensor(DType::f32, {ctx.threads(), V});
  const Tensor ids = ctx.workspace().tensor(DType::i32, {ctx.threads(), V});
  const KernelTable& kernel = kernels(ctx);
  for_rows(ctx, Q, 6 * V, [&](int64_t first, int64_t count, int worker) {
    auto* weight = static_cast<float*>(weights.select(worker).data());
    auto* scratch = static_cast<int32_t*>(ids.select(worker).data());
    for (int64_t q = first; q < first + count; ++q) {
      const float* row_logits = rows.at + q * rows.stride;
      const float largest = kernel.sample->largest(row_logits, V);
      expect_finite_logits(q, static_cast<double>(largest));
      if (t[q] == 0) {
        to[q] = static_cast<int32_t>(std::find(row_logits, row_logits + V, largest) - row_logits);
        continue;
      }
      kernel.sample->weights(row_logits, weight, V, largest, t[q]);
      const Row row{row_logits, weight, V, *kernel.math};
      const double total = row.sum();
      expect_finite_logits(q, total);
      if (k[q] == 0 && p[q] >= 1)
        to[q] = invert(row, static_cast<double>(u[q]) * total);
      else
        to[q] =
            invert(row, scratch, keep_best(row, k[q], static_cast<double>(p[q]), scratch), static_cast<double>(u[q]));
    }
  });
}

}  // namespace millet::ops::cpu
