// Matrix products on the CPU: checks dtypes, lays out right-hand sides, splits into tasks. Arithmetic: kernels/gemm.cc.
#include <algorithm>
#include <vector>

#include "millet/ops/cpu/device.h"
#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

static int64_t panels_of(int64_t columns) {
  return (columns + kPanel - 1) / kPanel;
}

// Fused multiply-adds that make a task worth its while: some ten microseconds of one core. Products of fewer, all
// together, are one task and wake nobody.
static constexpr int64_t kTaskWork = int64_t{1} << 19;
// Parts of all products at most, some: enough to share among the cores of one socket.
static constexpr int64_t kMostTasks = 16;
// Whole tiles of every level fit into this many rows. With fewer rows a product is bound by reading its right-hand
// side.
static constexpr int64_t kRowStep = 6;
// Rows and panels that a task takes at least where there are more: each operand is read once for so much of the other.
static constexpr int64_t kTaskRows = 48, kTaskPanels = 4;
// Rows from which on a right-hand side is worth laying out in panels.
static constexpr int64_t kPackRows = 24;

// How one product is cut: into row_parts × column_parts parts, by its shape alone.
struct Split {
  int64_t row_parts = 1, column_parts = 1;
};

static int64_t work_of(const GemmBlock& g) {
  return std::max(g.rows, kRowStep) * g.columns * g.depth;
}

// Even numbers of equal parts: they suit two threads and four.
static int64_t even(int64_t parts) {
  return parts <= 1 ? 1 : parts / 2 * 2;
}

static Split split_of(const GemmBlock& g, int64_t part_work) {
  const int64_t parts = work_of(g) / part_work;
  if (parts < 2 || g.rows == 0) return {};
  Split split;
  split.row_parts = even(std::clamp<int64_t>(g.rows / kTaskRows, 1, parts));
  split.column_parts = even(std::clamp<int64_t>(panels_of(g.columns) / kTaskPanels, 1, parts / split.row_parts));
  return split;
}

// Part i of [0, n) in steps, as equal as steps allow.
static int64_t cut(int64_t n, int64_t step, int64_t parts, int64_t i) {
  const int64_t steps = (n + step - 1) / step;
  return std::min(n, steps * i / parts * step);
}

// work(i) for each of `count` pieces, gathered into at most `tasks` tasks of neighbours.
template <class F>
static void share(Context& ctx, int64_t count, int64_t tasks, F work) {
  if (count == 0) return;
  tasks = std::clamp<int64_t>(tasks, 1, count);
  ctx.parallel_for(tasks, [&](int64_t task, int) {
    for (int64_t i = count * task / tasks; i < count * (task + 1) / tasks; ++i) work(i);
  });
}

// All products, the parts of all of them in one queue.
static void run(Context& ctx, const std::vector<GemmBlock>& products) {
  const GemmKernels& kernel = *kernels(ctx).gemm;
  int64_t work = 0;
  for (const GemmBlock& g : products) work += work_of(g);
  const int64_t part_work = std::max(kTaskWork, work / kMostTasks);
  std::vector<Split> splits(products.size());
  std::vector<int64_t> first_part(products.size() + 1, 0);
  for (size_t i = 0; i < products.size(); ++i) {
    splits[i] = split_of(products[i], part_work);
    first_part[i + 1] = first_part[i] + splits[i].row_parts * splits[i].column_parts;
  }
  share(ctx, first_part.back(), work / kTaskWork, [&](int64_t index) {
    const auto i =
        static_cast<size_t>(std::upper_bound(first_part.begin(), first_part.end(), index) - first_part.begin() - 1);
    const Split& split = splits[i];
    GemmBlock g = products[i];
    const int64_t part = index - first_part[i];
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

static_assert(kPackStep % kPanel == 0);  // rows laid out apart begin with a panel

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
  share(ctx, matrices * panels, matrices * panels * depth * kPanel / kTaskElements, [&](int64_t i) {
    const int64_t first = i % panels * kPanel;
    kernel.pack_transposed(from + i / panels * matrix_stride + first * w.stride(-2), w.stride(-2),
                           std::min(kPanel, columns - first), depth, to + i * depth * kPanel);
  });
}

// Lays out the plain right-hand sides that enough rows will use, in the workspace.
static void pack_plain(Context& ctx, std::vector<GemmBlock>& products) {
  // Steps of depth at a time: the rows of b stay in the cache while its panels are cut out of them.
  constexpr int64_t kSteps = 64;
  struct Piece {
    GemmBlock product;
    float* to;
    int64_t first;
  };
  std::vector<Piece> pieces;
  int64_t elements = 0;
  for (GemmBlock& g : products) {
    if (g.rows < kPackRows) continue;
    elements += g.columns * g.depth;
    const Tensor scratch = ctx.workspace().tensor(DType::f32, {panels_of(g.columns), g.depth, kPanel});
    auto* to = static_cast<float*>(scratch.data());
    for (int64_t k = 0; k < g.depth; k += kSteps) pieces.push_back({g, to, k});
    g.b = to;
    g.b_panel = g.depth * kPanel;
    g.b_k = kPanel;
    g.b_padded = true;
  }
  const GemmKernels& kernel = *kernels(ctx).gemm;
  share(ctx, static_cast<int64_t>(pieces.size()), elements / kTaskElements, [&](int64_t i) {
    const auto& [g, to, first] = pieces[static_cast<size_t>(i)];
    for (int64_t n = 0; n < g.columns; n += kPanel)
      kernel.pack(g.b + first * g.b_k + n, g.b_k, std::min(kPanel, g.columns - n), std::min(kSteps, g.depth - first),
                  to + n * g.depth + first * kPanel);
  });
}

// Products whose right-hand sides are plain rows.
static void run_plain(Context& ctx, std::vector<GemmBlock> products) {
  const ArenaScope scope(ctx.workspace());
  pack_plain(ctx, products);
  run(ctx, products);
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
  run_plain(ctx, {{.a = f32(x, "gemm_nn", "x"),
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
static std::vector<GemmBlock> grouped(std::string_view op, int64_t rows, const ConstTensor& begin, F product) {
  const auto* first = static_cast<const int32_t*>(begin.data());
  const int64_t matrices = begin.size(0) - 1;
  require(first[0] == 0 && std::is_sorted(first, first + matrices + 1) && first[matrices] == rows,
          "{}: begin does not ascend from 0 to the {} rows of its operands", op, rows);
  std::vector<GemmBlock> products;
  products.reserve(static_cast<size_t>(matrices));
  for (int64_t e = 0; e < matrices; ++e) products.push_back(product(e, first[e], first[e + 1] - first[e]));
  return products;
}

void gemm_grouped_nt(Context& ctx, ConstTensor x, const Weight& w, ConstTensor begin, Tensor y) {
  const ArenaScope scope(ctx.workspace());
  const float* a = f32(x, "gemm_grouped_nt", "x");
  const float* b = packed_of(ctx, w);
  float* c = f32(y, "gemm_grouped_nt", "y");
  const int64_t depth = x.size(1), columns = y.size(1);
  run(ctx, grouped("gemm_grouped_nt", x.size(0), begin, [&](int64_t e, int64_t first, int64_t rows) {
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
      }));
}

void gemm_grouped_nn(Context& ctx, ConstTensor x, ConstTensor w, ConstTensor begin, Tensor y) {
  const float* a = f32(x, "gemm_grouped_nn", "x");
  const float* b = f32(w, "gemm_grouped_nn", "w");
  float* c = f32(y, "gemm_grouped_nn", "y");
  run_plain(ctx, grouped("gemm_grouped_nn", x.size(0), begin, [&](int64_t e, int64_t first, int64_t rows) {
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
            }));
}

void gemm_grouped_tn(Context& ctx, ConstTensor a, ConstTensor b, ConstTensor begin, Tensor y, GemmOptions options) {
  const float* left = f32(a, "gemm_grouped_tn", "a");
  const float* right = f32(b, "gemm_grouped_tn", "b");
  float* c = f32(y, "gemm_grouped_tn", "y");
  run(ctx, grouped("gemm_grouped_tn", a.size(0), begin, [&](int64_t e, int64_t first, int64_t rows) {
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
      }));
}

}  // namespace millet::ops::cpu
