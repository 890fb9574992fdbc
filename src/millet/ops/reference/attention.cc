// The specification of ops/attention.h: softmax over all keys that a row sees, in double, without tiles.
#include <algorithm>
#include <cmath>
#include <vector>

#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

// Weights of the positions that a row sees, and log Σ exp of the scaled scores.
struct Softmax {
  std::vector<double> weight;
  double lse = 0;
};

// Of row t, which sees the first `keys` positions; key(position, i) and below value(position, i) are their elements.
template <class Key>
static Softmax softmax(const ConstView& q, int64_t t, int64_t h, const Key& key, int64_t keys, double scale) {
  Softmax s{std::vector<double>(static_cast<size_t>(keys))};
  double top = -INFINITY;
  for (int64_t j = 0; j < keys; ++j) {
    double score = 0;
    for (int64_t i = 0; i < q.size(2); ++i) score += q(t, h, i) * key(j, i);
    s.weight[static_cast<size_t>(j)] = score * scale;
    top = std::max(top, score * scale);
  }
  double sum = 0;
  for (const double score : s.weight) sum += std::exp(score - top);
  s.lse = top + std::log(sum);
  for (double& w : s.weight) w = std::exp(w - s.lse);
  return s;
}

// y[t, h] from the weights.
template <class Value>
static void weigh(const Softmax& s, const Value& value, const View& y, int64_t t, int64_t h) {
  for (int64_t i = 0; i < y.size(2); ++i) {
    double sum = 0;
    for (size_t j = 0; j < s.weight.size(); ++j) sum += s.weight[j] * value(static_cast<int64_t>(j), i);
    y.set(sum, t, h, i);
  }
}

void attention(Context& ctx, ConstTensor q_tensor, ConstTensor k_tensor, ConstTensor v_tensor,
               std::span<const Segment> segments, Tensor y_tensor, Tensor lse_tensor, AttentionOptions options) {
  const ConstView q(ctx, q_tensor), k(ctx, k_tensor), v(ctx, v_tensor);
  const View y(ctx, y_tensor), lse(ctx, lse_tensor);
  for (const Segment& segment : segments) {
    for (int64_t h = 0; h < q.size(1); ++h) {
      const int64_t g = h * k.size(1) / q.size(1);
      const auto key = [&](int64_t j, int64_t i) { return k(segment.first_row + j, g, i); };
      const auto value = [&](int64_t j, int64_t i) { return v(segment.first_row + j, g, i); };
      for (int64_t r = 0; r < segment.rows; ++r) {
        const int64_t t = segment.first_row + r;
        const Softmax s = softmax(q, t, h, key, r + 1, options.scale);
        weigh(s, value, y, t, h);
        if (lse) lse.set(s.lse, t, h);
      }
    }
  }
}

void attention_backward(Context& ctx, ConstTensor dy_tensor, ConstTensor q_tensor, ConstTensor k_tensor,
                        ConstTensor v_tensor, ConstTensor y_tensor, ConstTensor lse_tensor,
                        std::span<const Segment> segments, Tensor dq_tensor, Tensor dk_tensor, Tensor dv_tensor,
                        AttentionOptions options) {
  const ConstView dy(ctx, dy_tensor), q(ctx, q_tensor), k(ctx, k_tensor), v(ctx, v_tensor), y(ctx, y_tensor),
      lse(ctx, lse_tensor);
  const View dq(ctx, dq_tensor), dk(ctx, dk_tensor), dv(ctx, dv_tensor);
  const int64_t depth = q.size(2), width = v.size(2);
  const int64_t groups = k.size(1), in_group = q.size(1) / groups;
  for (const Segment& segment : segments) {
    for (int64_t g = 0; g < groups; ++g) {
      const auto keys = static_cast<size_t>(segment.rows);
      std::vector<std::vector<double>> k_sum(keys, std::vector<double>(static_cast<size_t>(depth)));
      std::vector<std::vector<double>> v_sum(keys, std::vector<double>(static_cast<size_t>(width)));
      for (int64_t h = g * in_group; h < (g + 1) * in_group; ++h) {
        for (int64_t r = 0; r < segment.rows; ++r) {
          const int64_t t = segment.first_row + r;
          double delta = 0;
          for (int64_t i = 0; i < width; ++i) delta += dy(t, h, i) * y(t, h, i);
          std::vector<double> q_sum(static_cast<size_t>(depth));
          for (int64_t j = 0; j <= r; ++j) {
            const int64_t u = segment.first_row + j;
            const auto at = static_cast<size_t>(j);
            double score = 0, dp = 0;
            for (int64_t i = 0; i < depth; ++i) score += q(t, h, i) * k(u, g, i);
            for (int64_t i = 0; i < width; ++i) dp += dy(t, h, i) * v(u, g, i);
            const double p = std::exp(score * options.scale - lse(t, h));
            const double ds = p * (dp - delta) * options.scale;
            for (int64_t i = 0; i < depth; ++i) {
              q_sum[static_cast<size_t>(i)] += ds * k(u, g, i);
              k_sum[at][static_cast<size_t>(i)] += ds * q(t, h, i);
            }
            for (int64_t i = 0; i < width; ++i) v_sum[at][static_cast<size_t>(i)] += p * dy(t, h, i);
          }
          for (int64_t i = 0; i < depth; ++i) dq.set(q_sum[static_cast<size_t>(i)], t, h, i);
        }
      }
      for (int64_t j = 0; j < segment.rows; ++j) {
        const int64_t u = segment.first_row + j;
        for (int64_t i = 0; i < depth; ++i) dk.set(k_sum[static_cast<size_t>(j)][static_cast<size_t>(i)], u, g, i);
        for (int64_t i = 0; i < width; ++i) dv.set(v_sum[static_cast<size_t>(j)][static_cast<size_t>(i)], u, g, i);
      }
    }
  }
}

// The page that holds a position of segment b's sequence.
static int64_t page_of(const ConstView& pages, size_t b, int64_t position, int64_t n_pages, std::string_view op) {
  const int64_t page = pages.index(b, position / kAttentionTile);
  require(page >= 0 && page < n_pages, "{}: position {} of sequence {} is in page {} of a cache of {} pages", op,
          position, b, page, n_pages);
  return page;
}

void cache_write(Context& ctx, ConstTensor k_tensor, ConstTensor v_tensor, ConstTensor pages_tensor,
                 std::span<const Segment> segments, const PagedKeysValues& cache) {
  const ConstView k(ctx, k_tensor), v(ctx, v_tensor), pages(ctx, pages_tensor);
  const View keys(ctx, cache.keys), values(ctx, cache.values);
  for (size_t b = 0; b < segments.size(); ++b) {
    for (int64_t r = 0; r < segments[b].rows; ++r) {
      const int64_t t = segments[b].first_row + r, position = segments[b].cached_rows + r;
      const int64_t page = page_of(pages, b, position, keys.size(0), "cache_write"), slot = position % kAttentionTile;
      for (int64_t h = 0; h < k.size(1); ++h) {
        for (int64_t i = 0; i < k.size(2); ++i) keys.set(k(t, h, i), page, h, i, slot);
        for (int64_t i = 0; i < v.size(2); ++i) values.set(v(t, h, i), page, h, slot, i);
      }
    }
  }
}

void attention_paged(Context& ctx, ConstTensor q_tensor, const PagedKeysValues& cache, ConstTensor pages_tensor,
                     std::span<const Segment> segments, Tensor y_tensor, AttentionOptions options) {
  const ConstView q(ctx, q_tensor), pages(ctx, pages_tensor), keys(ctx, cache.keys), values(ctx, cache.values);
  const View y(ctx, y_tensor);
  for (size_t b = 0; b < segments.size(); ++b) {
    const auto page = [&](int64_t position) { return page_of(pages, b, position, keys.size(0), "attention_paged"); };
    for (int64_t h = 0; h < q.size(1); ++h) {
      const int64_t g = h * keys.size(1) / q.size(1);
      const auto key = [&](int64_t j, int64_t i) { return keys(page(j), g, i, j % kAttentionTile); };
      const auto value = [&](int64_t j, int64_t i) { return values(page(j), g, j % kAttentionTile, i); };
      for (int64_t r = 0; r < segments[b].rows; ++r) {
        const int64_t t = segments[b].first_row + r;
        weigh(softmax(q, t, h, key, segments[b].cached_rows + r + 1, options.scale), value, y, t, h);
      }
    }
  }
}

void cache_copy_page(Context& ctx, const PagedKeysValues& cache, int64_t from, int64_t to) {
  for (const Tensor& t : {cache.keys, cache.values}) {
    const ConstView source(ctx, t.select(from));
    const View target(ctx, t.select(to));
    for (int64_t h = 0; h < source.size(0); ++h) {
      for (int64_t i = 0; i < source.size(1); ++i) {
        for (int64_t j = 0; j < source.size(2); ++j) target.set(source(h, i, j), h, i, j);
      }
    }
  }
}

}  // namespace millet::ops::reference
