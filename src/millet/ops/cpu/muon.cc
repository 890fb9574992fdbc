// Muon on the CPU. A stack of at least as many matrices as threads: one thread a matrix, all of it in that core's
// cache. Otherwise matrix after matrix, each product cut into tasks. Both give the same bits: every output is one
// chain.
//
// Newton–Schulz runs on the tall form Z [longer, shorter], where both products with Z take their operands as they lie:
//   gram = ZᵀZ,   P = a·I + b·gram + c·gram²,   Z ← Z·P
// gram and P are symmetric: panels of 16 columns are computed down to the diagonal and mirrored, which changes no bit
// (the chains of [i, j] and [j, i] multiply the same numbers) and saves a third of the work at longer = shorter.
#include <algorithm>
#include <cmath>

#include "millet/ops/cpu/split.h"
#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

namespace {

constexpr float kA = 3.4445F, kB = -4.7750F, kC = 2.0315F;  // Jordan et al. 2024

// Fused multiply-adds below which a product is not worth a second thread.
constexpr int64_t kSplitWork = int64_t{1} << 18;
constexpr int64_t kRowsOfTask = 24;

int64_t next16(int64_t n) {
  return (n + 15) / 16 * 16;
}

// Rows in scratch memory lie this far apart: whole vectors fit, and rows of a power of two do not meet in one cache
// set.
int64_t apart(int64_t width) {
  return next16(width) + 16;
}

// What one matrix needs while it is worked on.
struct Scratch {
  float* z;         // [longer, shorter], or [rows, columns] at the beginning and at the end
  float* next;      // as z
  float* gram;      // [shorter, shorter]
  float* power;     // as gram: gram², then P
  double* squares;  // [rows]
};

struct Sizes {
  int64_t rows, columns;
  int64_t longer() const { return std::max(rows, columns); }
  int64_t shorter() const { return std::min(rows, columns); }
  int64_t z_elements() const { return std::max(longer() * apart(shorter()), shorter() * apart(longer())); }
  int64_t gram_elements() const { return shorter() * apart(shorter()); }
  int64_t work() const { return shorter() * shorter() * longer(); }
};

// One matrix of the stack. `Run` calls run(tasks, f(task)): in this thread, or on all of them.
template <class Run>
class Step {
 public:
  Step(const KernelTable& kernels, const MuonOptions& options, const Sizes& sizes, const Scratch& scratch, Run run)
      : gemm_(*kernels.gemm),
        elementwise_(*kernels.elementwise),
        kernels_(*kernels.optimizer),
        options_(options),
        sizes_(sizes),
        tall_(sizes.rows >= sizes.columns),
        s_(scratch),
        run_(run) {}

  void operator()(Rows weight, ConstRows grad, Rows momentum) {
    begin(grad, momentum);
    for (int64_t i = 0; i < options_.newton_schulz_steps; ++i) iterate();
    finish(weight);
  }

 private:
  // f(first, count) for ranges of rows, multiples of 16.
  template <class F>
  void for_row_ranges(int64_t rows, F f) {
    constexpr int64_t kRange = 32;
    run_((rows + kRange - 1) / kRange, [&](int64_t task) { f(task * kRange, std::min(kRange, rows - task * kRange)); });
  }

  // The momentum's direction u, divided by its norm, becomes z.
  void begin(ConstRows grad, Rows momentum) {
    const int64_t N = sizes_.rows, K = sizes_.columns, stride = apart(K);
    for_row_ranges(N, [&](int64_t first, int64_t count) {
      for (int64_t n = first; n < first + count; ++n) {
        float* u = s_.next + n * stride;
        kernels_.muon_momentum(grad.at + n * grad.stride, momentum.at + n * momentum.stride, u, K,
                               static_cast<float>(options_.momentum), static_cast<float>(options_.grad_scale),
                               options_.nesterov);
        s_.squares[n] = elementwise_.sum_of_squares(u, K);
      }
    });
    double squares = 0;
    for (int64_t n = 0; n < N; ++n) squares += s_.squares[n];
    const auto factor = static_cast<float>(1 / (std::sqrt(squares) + 1e-7));
    for_row_ranges(N, [&](int64_t first, int64_t count) {
      const Rows u{s_.next + first * stride, stride};
      elementwise_.scale({u.at, stride}, factor, u, count, K);
      if (!tall_) kernels_.transpose(u.at, stride, count, K, s_.z + first, apart(N));
    });
    if (tall_) std::swap(s_.z, s_.next);
  }

  void iterate() {
    const int64_t n = sizes_.shorter(), stride = apart(n), panels = (n + kPanel - 1) / kPanel;
    // Columns first … first + 15 of a product, down to the diagonal; the longest panels begin.
    const auto panel = [&](int64_t task, const float* left, int64_t left_row, int64_t left_k, const float* right,
                           int64_t depth, float* to) {
      const int64_t first = (panels - 1 - task) * kPanel;
      gemm_.block({.a = left,
                   .a_row = left_row,
                   .a_k = left_k,
                   .b = right + first,
                   .b_panel = kPanel,
                   .b_k = stride,
                   .b_padded = false,
                   .c = to + first,
                   .c_row = stride,
                   .rows = std::min(n, first + kPanel),
                   .columns = std::min(kPanel, n - first),
                   .depth = depth,
                   .accumulate = false});
      return first;
    };
    run_(panels, [&](int64_t task) {
      const int64_t first = panel(task, s_.z, 1, stride, s_.z, sizes_.longer(), s_.gram);
      kernels_.mirror(s_.gram, stride, n, first);
    });
    run_(panels, [&](int64_t task) {
      const int64_t first = panel(task, s_.gram, stride, 1, s_.gram, n, s_.power);
      kernels_.muon_polynomial(s_.gram, s_.power, stride, n, first, kA, kB, kC);
      kernels_.mirror(s_.power, stride, n, first);
    });
    run_((sizes_.longer() + kRowsOfTask - 1) / kRowsOfTask, [&](int64_t task) {
      const int64_t first = task * kRowsOfTask;
      gemm_.block({.a = s_.z + first * stride,
                   .a_row = stride,
                   .a_k = 1,
                   .b = s_.power,
                   .b_panel = kPanel,
                   .b_k = stride,
                   .b_padded = false,
                   .c = s_.next + first * stride,
                   .c_row = stride,
                   .rows = std::min(kRowsOfTask, sizes_.longer() - first),
                   .columns = n,
                   .depth = n,
                   .accumulate = false});
    });
    std::swap(s_.z, s_.next);
  }

  void finish(Rows weight) {
    const int64_t N = sizes_.rows, K = sizes_.columns, stride = apart(K);
    const auto decay = static_cast<float>(options_.lr * options_.weight_decay);
    const auto step = static_cast<float>(options_.lr * 0.2 * std::sqrt(static_cast<double>(sizes_.longer())));
    if (!tall_) {
      run_((K + kPanel - 1) / kPanel, [&](int64_t task) {  // 16 rows of z are 16 columns of the matrix
        const int64_t first = task * kPanel;
        kernels_.transpose(s_.z + first * apart(N), apart(N), std::min(kPanel, K - first), N, s_.next + first, stride);
      });
    }
    const float* direction = tall_ ? s_.z : s_.next;
    for_row_ranges(N, [&](int64_t first, int64_t count) {
      for (int64_t n = first; n < first + count; ++n)
        kernels_.muon_update(weight.at + n * weight.stride, direction + n * stride, K, decay, step);
    });
  }

  const GemmKernels& gemm_;
  const ElementwiseKernels& elementwise_;
  const OptimizerKernels& kernels_;
  const MuonOptions& options_;
  const Sizes sizes_;
  const bool tall_;
  Scratch s_;
  Run run_;
};

}  // namespace

void muon(Context& ctx, Tensor weight, ConstTensor grad, Tensor momentum, MuonOptions options) {
  const int64_t matrices = weight.rank() == 3 ? weight.size(0) : 1;
  const Sizes sizes{weight.size(-2), weight.size(-1)};
  if (matrices == 0 || sizes.shorter() == 0) return;

  const bool thread_a_matrix = matrices >= ctx.threads() && matrices * sizes.work() >= kSplitWork;
  const int64_t workers = thread_a_matrix ? ctx.threads() : 1;
  const ArenaScope scope(ctx.workspace());
  const Tensor floats =
      ctx.workspace().tensor(DType::f32, {workers, 2 * next16(sizes.z_elements()) + 2 * next16(sizes.gram_elements())});
  const Tensor doubles = ctx.workspace().tensor(DType::f64, {workers, sizes.rows});
  const auto scratch_of = [&](int64_t worker) {
    auto* at = static_cast<float*>(floats.select(worker).data());
    const int64_t z = next16(sizes.z_elements()), gram = next16(sizes.gram_elements());
    return Scratch{at, at + z, at + 2 * z, at + 2 * z + gram, static_cast<double*>(doubles.select(worker).data())};
  };

  float* w = f32(weight, "muon", "weight");
  const float* g = f32(grad, "muon", "grad");
  float* m = f32(momentum, "muon", "momentum");
  const auto step = [&](int64_t b, const Scratch& scratch, auto run) {
    const auto offset = [&](const ConstTensor& t) { return weight.rank() == 3 ? b * t.stride(0) : 0; };
    Step(kernels(ctx), options, sizes, scratch, run)({w + offset(weight), weight.stride(-2)},
                                                     {g + offset(grad), grad.stride(-2)},
                                                     {m + offset(momentum), momentum.stride(-2)});
  };
  const auto here = [](int64_t tasks, auto f) {
    for (int64_t task = 0; task < tasks; ++task) f(task);
  };
  const auto on_all = [&](int64_t tasks, auto f) { ctx.parallel_for(tasks, [&](int64_t task, int) { f(task); }); };

  if (thread_a_matrix) {
    ctx.parallel_for(matrices, [&](int64_t b, int worker) { step(b, scratch_of(worker), here); });
    return;
  }
  for (int64_t b = 0; b < matrices; ++b) {
    if (sizes.work() < kSplitWork)
      step(b, scratch_of(0), here);
    else
      step(b, scratch_of(0), on_all);
  }
}

}  // namespace millet::ops::cpu
