// Attention on the CPU: cuts batches into units of one head of one segment, and walks each over its tiles of keys.
// Arithmetic: kernels/attention.cc.
#include <algorithm>
#include <cstring>
#include <vector>

#include "millet/ops/cpu/device.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

static_assert(kKeys == kAttentionTile);

// Some query rows of one head of one segment. The rows of a unit are computed together, whatever thread has it.
struct Unit {
  size_t segment;
  int64_t head;
  int64_t first, rows;  // of the segment's rows
};

// Query rows of a unit at most: long sequences are cut so that threads share them.
static constexpr int64_t kUnitRows = 256;
// Rough number of multiply-adds that make a task worth its while.
static constexpr int64_t kUnitWork = int64_t{1} << 18;

// All units of a batch, and the tasks that they are gathered in, so that many short segments cost few wake-ups.
struct Plan {
  std::vector<Unit> units;
  std::vector<size_t> task_begin;

  int64_t tasks() const { return static_cast<int64_t>(task_begin.size()) - 1; }
};

static Plan plan_of(std::span<const Segment> segments, int64_t heads, int64_t work_per_key, int64_t unit_rows) {
  Plan plan;
  plan.task_begin.push_back(0);
  int64_t work = 0;
  for (size_t b = 0; b < segments.size(); ++b) {
    const Segment& s = segments[b];
    for (int64_t first = 0; first < s.rows; first += unit_rows) {
      const int64_t rows = std::min(unit_rows, s.rows - first);
      for (int64_t h = 0; h < heads; ++h) {
        plan.units.push_back({b, h, first, rows});
        // Half a tile more than the mean of the keys that its rows see: what a row costs by itself.
        work += rows * (s.cached_rows + first + rows / 2 + kKeys / 2) * work_per_key;
        if (work < kUnitWork) continue;
        plan.task_begin.push_back(plan.units.size());
        work = 0;
      }
    }
  }
  if (plan.task_begin.back() != plan.units.size()) plan.task_begin.push_back(plan.units.size());
  return plan;
}

// A tile of keys and values as the kernel wants them.
struct KeyTile {
  const float* keys;
  const float* values;
  int64_t values_row;
};

// One head of an operand: its element (row, i) is at data[row · stride + i].
struct Head {
  float* data;
  int64_t stride;

  float* row(int64_t r) const { return data + r * stride; }
};

static Head head_of(const ConstTensor& t, int64_t h, std::string_view op, std::string_view operand) {
  return {const_cast<float*>(f32(t, op, operand)) + h * t.stride(1), t.stride(0)};
}

// The rows of a unit over all tiles that they see. `position`: of the unit's first row in its sequence.
template <class F>
static void attend(const AttentionKernels& kernel, const float* q, int64_t q_row, float* y, int64_t y_row,
                   int64_t position, int64_t rows, int64_t depth, int64_t width, float scale, float* max, float* sum,
                   F tile_of) {
  for (int64_t tile = 0; tile * kKeys < position + rows; ++tile) {
    const KeyTile keys = tile_of(tile);
    const int64_t skipped = std::max<int64_t>(tile * kKeys - position, 0);  // rows before the tile
    kernel.tile({.q = q + skipped * q_row,
                 .q_row = q_row,
                 .keys = keys.keys,
                 .values = keys.values,
                 .values_row = keys.values_row,
                 .y = y + skipped * y_row,
                 .y_row = y_row,
                 .max = max + skipped,
                 .sum = sum + skipped,
                 .rows = rows - skipped,
                 .visible = position + skipped - tile * kKeys + 1,
                 .depth = depth,
                 .width = width,
                 .scale = scale,
                 .first = tile == 0});
  }
}

void attention(Context& ctx, ConstTensor q, ConstTensor k, ConstTensor v, std::span<const Segment> segments, Tensor y,
               Tensor lse, AttentionOptions options) {
  const AttentionKernels& kernel = *kernels(ctx).attention;
  const int64_t heads = q.size(1), depth = q.size(2), width = v.size(2);
  const Plan plan = plan_of(segments, heads, depth + width, kUnitRows);
  const ArenaScope scope(ctx.workspace());
  const int64_t scratch_size = depth * kKeys + 2 * kUnitRows;
  const Tensor scratch = ctx.workspace().tensor(DType::f32, {ctx.threads(), scratch_size});
  float* all_lse = lse.empty() ? nullptr : f32(lse, "attention", "lse");
  ctx.parallel_for(plan.tasks(), [&](int64_t task, int worker) {
    float* keys = f32(scratch, "attention", "scratch") + worker * scratch_size;
    float* max = keys + depth * kKeys;
    float* sum = max + kUnitRows;
    for (size_t i = plan.task_begin[task]; i < plan.task_begin[task + 1]; ++i) {
      const Unit& unit = plan.units[i];
      const int64_t start = segments[unit.segment].first_row;
      const int64_t group = unit.head * k.size(1) / heads;
      const Head key = head_of(k, group, "attention", "k"), value = head_of(v, group, "attention", "v");
      const Head query = head_of(q, unit.head, "attention", "q"), out = head_of(y, unit.head, "attention", "y");
      float* y_rows = out.row(start + unit.first);
      attend(kernel, query.row(start + unit.first), query.stride, y_rows, out.stride, unit.first, unit.rows, depth,
             width, static_cast<float>(options.scale), max, sum, [&](int64_t tile) -> KeyTile {
               const int64_t exist = std::min(kKeys, unit.first + unit.rows - tile * kKeys);
               kernel.transpose(key.row(start + tile * kKeys), key.stride, exist, depth, keys);
               return {keys, value.row(start + tile * kKeys), value.stride};
             });
      kernel.finish({.y = y_rows,
                     .y_row = out.stride,
                     .max = max,
                     .sum = sum,
                     .lse = all_lse == nullptr ? nullptr : all_lse + (start + unit.first) * lse.stride(0) + unit.head,
                     .lse_row = lse.empty() ? 0 : lse.stride(0),
                     .rows = unit.rows,
                     .width = width});
    }
  });
}

void attention_backward(Context& ctx, ConstTensor dy, ConstTensor q, ConstTensor k, ConstTensor v, ConstTensor y,
                        ConstTensor lse, std::span<const Segment> segments, Tensor dq, Tensor dk, Tensor dv,
                        AttentionOptions options) {
  const std::string_view op = "attention_backward";
  // Query rows that meet a tile of keys at once: their weights and gradients stay in the first-level cache.
  constexpr int64_t kBlockRows = 48;
  const AttentionKernels& kernel = *kernels(ctx).attention;
  const int64_t groups = k.size(1), in_group = q.size(1) / groups, depth = q.size(2), width = v.size(2);
  int64_t longest = 0;
  for (const Segment& s : segments) longest = std::max(longest, s.rows);
  // A unit has all rows of its segment and all heads of its group: gradients of keys are sums over these, in order.
  const Plan plan = plan_of(segments, groups, in_group * (3 * depth + 2 * width), std::max<int64_t>(longest, 1));
  const ArenaScope scope(ctx.workspace());
  const int64_t scratch_size = (depth + width) * kKeys + 2 * kBlockRows * kKeys + (longest + 15) / 16 * 16;
  const Tensor scratch = ctx.workspace().tensor(DType::f32, {ctx.threads(), scratch_size});
  ctx.parallel_for(plan.tasks(), [&](int64_t task, int worker) {
    float* keys = f32(scratch, op, "scratch") + worker * scratch_size;
    float* values = keys + depth * kKeys;
    float* p = values + width * kKeys;
    float* ds = p + kBlockRows * kKeys;
    float* delta = ds + kBlockRows * kKeys;
    for (size_t i = plan.task_begin[task]; i < plan.task_begin[task + 1]; ++i) {
      const Unit& unit = plan.units[i];
      const int64_t start = segments[unit.segment].first_row, rows = unit.rows, g = unit.head;
      const Head key = head_of(k, g, op, "k"), value = head_of(v, g, op, "v");
      const Head dkey = head_of(dk, g, op, "dk"), dvalue = head_of(dv, g, op, "dv");
      for (int64_t h = g * in_group; h < (g + 1) * in_group; ++h) {
        const Head query = head_of(q, h, op, "q"), out = head_of(y, h, op, "y");
        const Head dout = head_of(dy, h, op, "dy"), dquery = head_of(dq, h, op, "dq");
        kernel.row_dots(dout.row(start), dout.stride, out.row(start), out.stride, rows, width, delta);
        for (int64_t first_key = 0; first_key < rows; first_key += kKeys) {
          const int64_t key_rows = std::min(kKeys, rows - first_key);
          kernel.transpose(key.row(start + first_key), key.stride, key_rows, depth, keys);
          kernel.transpose(value.row(start + first_key), value.stride, key_rows, width, values);
          for (int64_t first = first_key; first < rows; first += kBlockRows) {
            kernel.backward_tile({.q = query.row(start + first),
                                  .q_row = query.stride,
                                  .dy = dout.row(start + first),
                                  .dy_row = dout.stride,
                                  .keys = keys,
                                  .values = values,
                                  .k = key.row(start + first_key),
                                  .k_row = key.stride,
                                  .lse = f32(lse, op, "lse") + (start + first) * lse.stride(0) + h,
                                  .lse_row = lse.stride(0),
                                  .delta = delta + first,
                                  .p = p,
                                  .ds = ds,
                                  .dq = dquery.row(start + first),
                                  .dq_row = dquery.stride,
                                  .dk = dkey.row(start + first_key),
                                  .dk_row = dkey.stride,
                                  .dv = dvalue.row(start + first_key),
                                  .dv_row = dvalue.stride,
                                  .rows = std::min(kBlockRows, rows - first),
                                  .visible = first - first_key + 1,
                                  .key_rows = key_rows,
                                  .depth = depth,
                                  .width = width,
                                  .scale = static_cast<float>(options.scale),
                                  .first_keys = first_key == 0,
                                  .first_rows = first == first_key && h == g * in_group});
          }
        }
      }
    }
  });
}

// The page of a tile of segment b's sequence.
static int64_t page_of(const ConstTensor& pages, size_t b, int64_t tile, int64_t n_pages, std::string_view op) {
  const int64_t page = static_cast<const int32_t*>(pages.data())[static_cast<int64_t>(b) * pages.stride(0) + tile];
  require(page >= 0 && page < n_pages, "{}: position {} of sequence {} is in page {} of a cache of {} pages", op,
          tile * kKeys, b, page, n_pages);
  return page;
}

void cache_write(Context& ctx, ConstTensor k, ConstTensor v, ConstTensor pages, std::span<const Segment> segments,
                 const PagedKeysValues& cache) {
  const AttentionKernels& kernel = *kernels(ctx).attention;
  const int64_t depth = k.size(2), width = v.size(2), n_pages = cache.keys.size(0);
  float* all_keys = f32(cache.keys, "cache_write", "cache keys");
  float* all_values = f32(cache.values, "cache_write", "cache values");
  const Plan plan = plan_of(segments, k.size(1), 1, kUnitRows);
  ctx.parallel_for(plan.tasks(), [&](int64_t task, int) {
    for (size_t i = plan.task_begin[task]; i < plan.task_begin[task + 1]; ++i) {
      const Unit& unit = plan.units[i];
      const Segment& segment = segments[unit.segment];
      const Head from_k = head_of(k, unit.head, "cache_write", "k"), from_v = head_of(v, unit.head, "cache_write", "v");
      int64_t count = 0;
      for (int64_t r = unit.first; r < unit.first + unit.rows; r += count) {
        const int64_t position = segment.cached_rows + r, slot = position % kKeys, row = segment.first_row + r;
        const int64_t page = page_of(pages, unit.segment, position / kKeys, n_pages, "cache_write");
        count = std::min(kKeys - slot, unit.first + unit.rows - r);
        float* keys = all_keys + page * cache.keys.stride(0) + unit.head * cache.keys.stride(1);
        float* values = all_values + page * cache.values.stride(0) + unit.head * cache.values.stride(1);
        if (count == kKeys) {
          kernel.transpose(from_k.row(row), from_k.stride, kKeys, depth, keys);
        } else {
          for (int64_t j = 0; j < count; ++j) {
            for (int64_t d = 0; d < depth; ++d) keys[d * kKeys + slot + j] = from_k.row(row + j)[d];
          }
        }
        for (int64_t j = 0; j < count; ++j)
          std::memcpy(values + (slot + j) * width, from_v.row(row + j), static_cast<size_t>(width) * sizeof(float));
      }
    }
  });
}

void attention_paged(Context& ctx, ConstTensor q, const PagedKeysValues& cache, ConstTensor pages,
                     std::span<const Segment> segments, Tensor y, AttentionOptions options) {
  const AttentionKernels& kernel = *kernels(ctx).attention;
  const int64_t depth = q.size(2), width = y.size(2), n_pages = cache.keys.size(0);
  const float* all_keys = f32(cache.keys, "attention_paged", "cache keys");
  const float* all_values = f32(cache.values, "attention_paged", "cache values");
  const Plan plan = plan_of(segments, q.size(1), depth + width, kUnitRows);
  ctx.parallel_for(plan.tasks(), [&](int64_t task, int) {
    float max[kUnitRows], sum[kUnitRows];
    for (size_t i = plan.task_begin[task]; i < plan.task_begin[task + 1]; ++i) {
      const Unit& unit = plan.units[i];
      const Segment& segment = segments[unit.segment];
      const Head query = head_of(q, unit.head, "attention_paged", "q"),
                 out = head_of(y, unit.head, "attention_paged", "y");
      const int64_t row = segment.first_row + unit.first, group = unit.head * cache.keys.size(1) / q.size(1);
      attend(kernel, query.row(row), query.stride, out.row(row), out.stride, segment.cached_rows + unit.first,
             unit.rows, depth, width, static_cast<float>(options.scale), max, sum, [&](int64_t tile) -> KeyTile {
               const int64_t page = page_of(pages, unit.segment, tile, n_pages, "attention_paged");
               return {all_keys + page * cache.keys.stride(0) + group * cache.keys.stride(1),
                       all_values + page * cache.values.stride(0) + group * cache.values.stride(1), width};
             });
      kernel.finish({.y = out.row(row),
                     .y_row = out.stride,
                     .max = max,
                     .sum = sum,
                     .lse = nullptr,
                     .lse_row = 0,
                     .rows = unit.rows,
                     .width = width});
    }
  });
}

void cache_copy_page(Context& ctx, const PagedKeysValues& cache, int64_t from, int64_t to) {
  for (const Tensor& t : {cache.keys, cache.values})
    ctx.device().copy(t.select(to).data(), t.select(from).data(), static_cast<size_t>(t.select(from).bytes()));
}

}  // namespace millet::ops::cpu
