#include "millet/ops/attention.h"

#include "millet/ops/backend.h"
#include "millet/ops/contract.h"

namespace millet::ops {

// Heads of one operand: [T, N, D] for the caller's T, N, D.
static void expect_heads(std::string_view op, std::string_view operand, const ConstTensor& t, const Shape& shape,
                         DType dtype) {
  expect_shape(op, operand, t, shape);
  expect_dtype(op, operand, t, dtype);
}

// Each group of query heads has one head of keys and values.
static void expect_groups(std::string_view op, std::string_view operand, int64_t heads, const ConstTensor& keys,
                          int dim) {
  require(keys.size(dim) > 0 && heads % keys.size(dim) == 0,
          "{}: {} is {}; its {} heads do not divide the {} heads of q", op, operand, to_string(keys), keys.size(dim),
          heads);
}

// Segments lie inside the batch's rows; `cached`: they may have rows in their pages.
static void expect_segments(std::string_view op, std::span<const Segment> segments, int64_t rows, bool cached) {
  for (const Segment& s : segments) {
    require(s.first_row >= 0 && s.rows >= 0 && s.first_row + s.rows <= rows && s.cached_rows >= 0,
            "{}: a segment of {} rows from row {} does not fit into {} rows", op, s.rows, s.first_row, rows);
    require(cached || s.cached_rows == 0, "{}: a segment has {} cached rows; with a cache call attention_paged", op,
            s.cached_rows);
  }
}

void attention(Context& ctx, ConstTensor q, ConstTensor k, ConstTensor v, std::span<const Segment> segments, Tensor y,
               Tensor lse, AttentionOptions options) {
  expect_rank("attention", "q", q, 3);
  expect_rank("attention", "v", v, 3);
  expect_float("attention", "q", q);
  expect_rank("attention", "k", k, 3);
  const int64_t rows = q.size(0), heads = q.size(1), groups = k.size(1);
  expect_groups("attention", "k", heads, k, 1);
  expect_heads("attention", "k", k, {rows, groups, q.size(2)}, q.dtype());
  expect_heads("attention", "v", v, {rows, groups, v.size(2)}, q.dtype());
  expect_heads("attention", "y", y, {rows, heads, v.size(2)}, q.dtype());
  if (!lse.empty()) expect_heads("attention", "lse", lse, {rows, heads}, q.dtype());
  expect_segments("attention", segments, rows, false);
  available(ctx, backend(ctx).attention, "attention")(ctx, q, k, v, segments, y, lse, options);
}

void attention_backward(Context& ctx, ConstTensor dy, ConstTensor q, ConstTensor k, ConstTensor v, ConstTensor y,
                        ConstTensor lse, std::span<const Segment> segments, Tensor dq, Tensor dk, Tensor dv,
                        AttentionOptions options) {
  const std::string_view op = "attention_backward";
  expect_rank(op, "q", q, 3);
  expect_rank(op, "v", v, 3);
  expect_float(op, "q", q);
  expect_rank(op, "k", k, 3);
  const int64_t rows = q.size(0), heads = q.size(1), groups = k.size(1);
  expect_groups(op, "k", heads, k, 1);
  expect_heads(op, "k", k, {rows, groups, q.size(2)}, q.dtype());
  expect_heads(op, "v", v, {rows, groups, v.size(2)}, q.dtype());
  expect_heads(op, "dy", dy, {rows, heads, v.size(2)}, q.dtype());
  expect_heads(op, "y", y, dy.shape(), q.dtype());
  expect_heads(op, "lse", lse, {rows, heads}, q.dtype());
  expect_heads(op, "dq", dq, q.shape(), q.dtype());
  expect_heads(op, "dk", dk, k.shape(), q.dtype());
  expect_heads(op, "dv", dv, v.shape(), q.dtype());
  expect_segments(op, segments, rows, false);
  available(ctx, backend(ctx).attention_backward, op)(ctx, dy, q, k, v, y, lse, segments, dq, dk, dv, options);
}

// Pages [n_pages, G, D, 64] and [n_pages, G, 64, Dv], and a table with a row for each segment that is long enough.
static void expect_cache(std::string_view op, const PagedKeysValues& cache, int64_t heads, int64_t depth, int64_t width,
                         DType dtype, const ConstTensor& pages, std::span<const Segment> segments) {
  expect_rank(op, "cache keys", cache.keys, 4);
  const int64_t n_pages = cache.keys.size(0);
  expect_heads(op, "cache keys", cache.keys, {n_pages, heads, depth, kAttentionTile}, dtype);
  expect_heads(op, "cache values", cache.values, {n_pages, heads, kAttentionTile, width}, dtype);
  require(cache.keys.dense() && cache.values.dense(), "{}: pages of keys and values must be dense", op);
  expect_rank(op, "pages", pages, 2);
  expect_shape(op, "pages", pages, {static_cast<int64_t>(segments.size()), pages.size(1)});
  expect_dtype(op, "pages", pages, DType::i32);
  for (const Segment& s : segments) {
    const int64_t positions = s.cached_rows + s.rows;
    require(positions <= pages.size(1) * kAttentionTile, "{}: a sequence of {} positions has only {} pages of {}", op,
            positions, pages.size(1), kAttentionTile);
  }
}

void cache_write(Context& ctx, ConstTensor k, ConstTensor v, ConstTensor pages, std::span<const Segment> segments,
                 const PagedKeysValues& cache) {
  expect_rank("cache_write", "k", k, 3);
  expect_rank("cache_write", "v", v, 3);
  expect_float("cache_write", "k", k);
  expect_heads("cache_write", "v", v, {k.size(0), k.size(1), v.size(2)}, k.dtype());
  expect_segments("cache_write", segments, k.size(0), true);
  expect_cache("cache_write", cache, k.size(1), k.size(2), v.size(2), k.dtype(), pages, segments);
  available(ctx, backend(ctx).cache_write, "cache_write")(ctx, k, v, pages, segments, cache);
}

void attention_paged(Context& ctx, ConstTensor q, const PagedKeysValues& cache, ConstTensor pages,
                     std::span<const Segment> segments, Tensor y, AttentionOptions options) {
  expect_rank("attention_paged", "q", q, 3);
  expect_rank("attention_paged", "y", y, 3);
  expect_float("attention_paged", "q", q);
  expect_heads("attention_paged", "y", y, {q.size(0), q.size(1), y.size(2)}, q.dtype());
  expect_segments("attention_paged", segments, q.size(0), true);
  expect_rank("attention_paged", "cache keys", cache.keys, 4);
  expect_groups("attention_paged", "cache keys", q.size(1), cache.keys, 1);
  expect_cache("attention_paged", cache, cache.keys.size(1), q.size(2), y.size(2), q.dtype(), pages, segments);
  available(ctx, backend(ctx).attention_paged, "attention_paged")(ctx, q, cache, pages, segments, y, options);
}

void cache_copy_page(Context& ctx, const PagedKeysValues& cache, int64_t from, int64_t to) {
  expect_rank("cache_copy_page", "cache keys", cache.keys, 4);
  expect_rank("cache_copy_page", "cache values", cache.values, 4);
  require(cache.keys.dense() && cache.values.dense(), "cache_copy_page: pages of keys and values must be dense");
  const int64_t n_pages = cache.keys.size(0);
  require(from >= 0 && from < n_pages && to >= 0 && to < n_pages,
          "cache_copy_page: page {} over page {} of a cache of {} pages", from, to, n_pages);
  available(ctx, backend(ctx).cache_copy_page, "cache_copy_page")(ctx, cache, from, to);
}

}  // namespace millet::ops
