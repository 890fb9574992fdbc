// Drawing tokens on the CPU: one row a task at least. What touches every logit is in kernels/sample.cc; the choice
// among them is here.
#include <algorithm>
#include <bit>

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

// A token as a number that sorts by logit, the largest first, and then by id: contiguous integers sort several times
// faster than ids that are looked up.
uint64_t key_of(float logit, int32_t id) {
  const auto bits = std::bit_cast<uint32_t>(logit + 0.0F);  // −0 is 0
  const uint32_t ascending = (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
  return static_cast<uint64_t>(~ascending) << 32 | static_cast<uint32_t>(id);
}

// Keeps the keys of the best tokens in front, in order of id; returns how many.
int64_t keep_best(const Row& row, int64_t top_k, double top_p, uint64_t* keys) {
  const auto weight = [&](uint64_t key) { return static_cast<double>(row.weight[static_cast<uint32_t>(key)]); };
  for (int64_t v = 0; v < row.width; ++v) keys[v] = key_of(row.logits[v], static_cast<int32_t>(v));
  int64_t count = row.width;
  double total = 0;
  if (top_k > 0 && top_k < count) {
    std::nth_element(keys, keys + top_k, keys + count);
    std::sort(keys, keys + top_k);
    count = top_k;
    for (int64_t i = 0; i < count; ++i) total += weight(keys[i]);
  } else {
    total = row.sum();
  }
  if (top_p < 1) {
    // The nucleus is small where the model is sure: what is sorted grows only until it is found.
    int64_t sorted = 0, kept = 0;
    double sum = 0;
    for (int64_t more = 64; kept == sorted && kept < count && sum < top_p * total; more *= 4) {
      const int64_t end = std::min(count, sorted + more);
      if (end < count) std::nth_element(keys + sorted, keys + end, keys + count);
      std::sort(keys + sorted, keys + end);
      sorted = end;
      while (kept < sorted && sum < top_p * total) sum += weight(keys[kept++]);
    }
    count = kept;
  }
  std::sort(keys, keys + count,
            [](uint64_t a, uint64_t b) { return static_cast<uint32_t>(a) < static_cast<uint32_t>(b); });
  return count;
}

// `invert` among some tokens, in order of id.
int32_t invert(const Row& row, const uint64_t* keys, int64_t count, double uniform) {
  double total = 0, sum = 0;
  for (int64_t i = 0; i < count; ++i) total += static_cast<double>(row.weight[static_cast<uint32_t>(keys[i])]);
  uint32_t drawn = 0;
  for (int64_t i = 0; i < count && (i == 0 || sum <= uniform * total); ++i) {
    const auto id = static_cast<uint32_t>(keys[i]);
    if (row.weight[id] > 0) drawn = id;
    sum += static_cast<double>(row.weight[id]);
  }
  return static_cast<int32_t>(drawn);
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
  const Tensor keys = ctx.workspace().tensor(DType::f64, {ctx.threads(), V});  // 64 bits each
  const KernelTable& kernel = kernels(ctx);
  for_rows(ctx, Q, 6 * V, [&](int64_t first, int64_t count, int worker) {
    auto* weight = static_cast<float*>(weights.select(worker).data());
    auto* scratch = static_cast<uint64_t*>(keys.select(worker).data());
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
