// Matrix products on the CPU: checks dtypes, lays out right-hand sides, splits into tasks. Arithmetic: kernels/gemm.cc.
#include <algorithm>
#include <vector>

#include "millet/ops/cpu/device.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

static int64_t panels_of(int64_t columns) {
  return (columns + kPanel - 1) / kPanel;
}

// Fused multiply-adds that make a task worth its while: some ten microseconds of one core. A product of fewer is one
// task and wakes nobody.
static constexpr int64_t kTaskWork = int64_t{1} << 19;
// Rows that a task takes at least before columns are split: below it, the right-hand side is read too often.
static constexpr int64_t kTaskRows = 48;
// Elements that a task packs at least, for the same reason.
static constexpr int64_t kTaskElements = int64_t{1} << 14;
// Whole tiles of every level fit into this many rows.
static constexpr int64_t kRowStep = 6;

// How one product is cut: into row_parts × column_parts tasks, by its shape alone.
struct Split {
  int64_t row_parts = 1, column_parts = 1;
};

static Split split_of(const GemmBlock& g) {
  const int64_t work = g.rows * g.columns * std::max<int64_t>(g.depth, 1);
  int64_t parts = work / kTaskWork;
  if (parts < 2) return {};
  parts += parts % 2;  // an even number of equal tasks suits two threads
  Split split;
  split.row_parts = std::clamp<int64_t>(g.rows / kTaskRows, 1, parts);
  split.column_parts = std::clamp<int64_t>(parts / split.row_parts, 1, panels_of(g.columns));
  return split;
}

// Part i of [0, n) in steps, as equal as steps allow.
static int64_t cut(int64_t n, int64_t step, int64_t parts, int64_t i) {
  const int64_t steps = (n + step - 1) / step;
  return std::min(n, steps * i / parts * step);
}

// All products, tasks of all of them in one queue.
static void run(Context& ctx, const std::vector<GemmBlock>& products) {
  const GemmKernels& kernel = *kernels(ctx).gemm;
  std::vector<Split> splits(products.size());
  std::vector<int64_t> first_task(products.size() + 1, 0);
  for (size_t i = 0; i < products.size(); ++i) {
    splits[i] = split_of(products[i]);
    first_task[i + 1] = first_task[i] + splits[i].row_parts * splits[i].column_parts;
  }
  ctx.parallel_for(first_task.back(), [&](int64_t task, int) {
    const auto i =
        static_cast<size_t>(std::upper_bound(first_task.begin(), first_task.end(), task) - first_task.begin() - 1);
    const Split& split = splits[i];
    GemmBlock g = products[i];
    const int64_t part = task - first_task[i];
    const int64_t row = part / split.column_parts, column = part % split.column_parts;
    const int64_t m = cut(g.rows, kRowStep, split.row_parts, row);
    const int64_t n = cut(g.columns, kPanel, split.column_parts, column);
    g.rows = cut(g.rows, kRowStep, split.row_parts, row + 1) - m;
    g.columns = cut(g.columns, kPanel, split.column_parts, column + 1) - n;
    g.a += m * g.a_row;
    g.b += n / kPanel * g.b_panel;
    g.c += m * g.c_row + n;
    if (g.rows > 0 && g.columns > 0) kernel.block(g);
  });
}

int64_t gemm_packed_bytes(Context&, ConstTensor w) {
  const int64_t matrices = w.rank() == 3 ? w.size(0) : 1;
  return matrices * panels_of(w.size(-2)) * w.size(-1) * kPanel * bytes_of(DType::f32);
}

void gemm_pack(Context& ctx, ConstTensor w, Tensor packed) {
  const int64_t columns = w.size(-2), depth = w.size(-1), panels = panels_of(columns);
  const int64_t matrices = w.rank() == 3 ? w.size(0) : 1;
  const int64_t matrix_stride = w.rank() == 3 ? w.stride(0) : 0;
  const float* from = f32(w, "gemm_pack", "w");
  auto* to = static_cast<float*>(packed.data());
  const GemmKernels& kernel = *kernels(ctx).gemm;
  const int64_t count = matrices * panels;
  const int64_t tasks = std::clamp<int64_t>(count * depth * kPanel / kTaskElements, 1, count);
  ctx.parallel_for(tasks, [&](int64_t task, int) {
    for (int64_t i = count * task / tasks; i < count * (task + 1) / tasks; ++i) {
      const int64_t first = i % panels * kPanel;
      kernel.pack_transposed(from + i / panels * matrix_stride + first * w.stride(-2), w.stride(-2),
                             std::min(kPanel, columns - first), depth, to + i * depth * kPanel);
    }
  });
}

// The packed copy of w, made in the workspace if the caller has none.
static const float* packed_of(Context& ctx, const Weight& w) {
  if (!w.packed.empty()) return static_cast<const float*>(w.packed.data());
  const Tensor scratch = ctx.workspace().tensor(DType::u8, {gemm_packed_bytes(ctx, w.value)});
  gemm_pack(ctx, w.value, scratch);
  return static_cast<const float*>(scratch.data());
}

void gemm_nt(Context& ctx, ConstTensor x, const Weight& w, Tensor y, GemmOptions options) {
  const ArenaScope scope(ctx.workspace());
  run(ctx, {{.a = f32(x, "gemm_nt", "x"),
             .a_row = x.stride(0),
             .a_k = 1,
             .b = packed_of(ctx, w),
             .b_panel = x.size(1) * kPanel,
             .b_k = kPanel,
             .b_padded = true,
             .c = f32(y, "gemm_nt", "y"),
             .c_row = y.stride(0),
             .rows = y.size(0),
             .columns = y.size(1),
             .depth = x.size(1),
             .accumulate = options.accumulate}});
}

void gemm_nn(Context& ctx, ConstTensor x, ConstTensor w, Tensor y, GemmOptions options) {
  run(ctx, {{.a = f32(x, "gemm_nn", "x"),
             .a_row = x.stride(0),
             .a_k = 1,
             .b = f32(w, "gemm_nn", "w"),
             .b_panel = kPanel,
             .b_k = w.stride(0),
             .b_padded = false,
             .c = f32(y, "gemm_nn", "y"),
             .c_row = y.stride(0),
             .rows = y.size(0),
             .columns = y.size(1),
             .depth = x.size(1),
             .accumulate = options.accumulate}});
}

void gemm_tn(Context& ctx, ConstTensor a, ConstTensor b, Tensor y, GemmOptions options) {
  run(ctx, {{.a = f32(a, "gemm_tn", "a"),
             .a_row = 1,
             .a_k = a.stride(0),
             .b = f32(b, "gemm_tn", "b"),
             .b_panel = kPanel,
             .b_k = b.stride(0),
             .b_padded = false,
             .c = f32(y, "gemm_tn", "y"),
             .c_row = y.stride(0),
             .rows = y.size(0),
             .columns = y.size(1),
             .depth = a.size(0),
             .accumulate = options.accumulate}});
}

// One product for each matrix: its rows are begin[e] … begin[e + 1] − 1.
template <class F>
static void run_grouped(Context& ctx, std::string_view op, int64_t rows, const ConstTensor& begin, F product) {
  const auto* first = static_cast<const int32_t*>(begin.data());
  const int64_t matrices = begin.size(0) - 1;
  require(first[0] == 0 && std::is_sorted(first, first + matrices + 1) && first[matrices] == rows,
          "{}: begin does not ascend from 0 to the {} rows of its operands", op, rows);
  std::vector<GemmBlock> products;
  products.reserve(static_cast<size_t>(matrices));
  for (int64_t e = 0; e < matrices; ++e) products.push_back(product(e, first[e], first[e + 1] - first[e]));
  run(ctx, products);
}

void gemm_grouped_nt(Context& ctx, ConstTensor x, const Weight& w, ConstTensor begin, Tensor y) {
  const ArenaScope scope(ctx.workspace());
  const float* a = f32(x, "gemm_grouped_nt", "x");
  const float* b = packed_of(ctx, w);
  float* c = f32(y, "gemm_grouped_nt", "y");
  const int64_t depth = x.size(1), columns = y.size(1);
  run_grouped(ctx, "gemm_grouped_nt", x.size(0), begin, [&](int64_t e, int64_t first, int64_t rows) {
    return GemmBlock{.a = a + first * x.stride(0),
                     .a_row = x.stride(0),
                     .a_k = 1,
                     .b = b + e * panels_of(columns) * kPanel * depth,
                     .b_panel = depth * kPanel,
                     .b_k = kPanel,
                     .b_padded = true,
                     .c = c + first * y.stride(0),
                     .c_row = y.stride(0),
                     .rows = rows,
                     .columns = columns,
                     .depth = depth,
                     .accumulate = false};
  });
}

void gemm_grouped_nn(Context& ctx, ConstTensor x, ConstTensor w, ConstTensor begin, Tensor y) {
  const float* a = f32(x, "gemm_grouped_nn", "x");
  const float* b = f32(w, "gemm_grouped_nn", "w");
  float* c = f32(y, "gemm_grouped_nn", "y");
  run_grouped(ctx, "gemm_grouped_nn", x.size(0), begin, [&](int64_t e, int64_t first, int64_t rows) {
    return GemmBlock{.a = a + first * x.stride(0),
                     .a_row = x.stride(0),
                     .a_k = 1,
                     .b = b + e * w.stride(0),
                     .b_panel = kPanel,
                     .b_k = w.stride(1),
                     .b_padded = false,
                     .c = c + first * y.stride(0),
                     .c_row = y.stride(0),
                     .rows = rows,
                     .columns = y.size(1),
                     .depth = x.size(1),
                     .accumulate = false};
  });
}

void gemm_grouped_tn(Context& ctx, ConstTensor a, ConstTensor b, ConstTensor begin, Tensor y, GemmOptions options) {
  const float* left = f32(a, "gemm_grouped_tn", "a");
  const float* right = f32(b, "gemm_grouped_tn", "b");
  float* c = f32(y, "gemm_grouped_tn", "y");
  run_grouped(ctx, "gemm_grouped_tn", a.size(0), begin, [&](int64_t e, int64_t first, int64_t rows) {
    return GemmBlock{.a = left + first * a.stride(0),
                     .a_row = 1,
                     .a_k = a.stride(0),
                     .b = right + first * b.stride(0),
                     .b_panel = kPanel,
                     .b_k = b.stride(0),
                     .b_padded = false,
                     .c = c + e * y.stride(0),
                     .c_row = y.stride(1),
                     .rows = y.size(1),
                     .columns = y.size(2),
                     .depth = rows,
                     .accumulate = options.accumulate};
  });
}

}  // namespace millet::ops::cpu
