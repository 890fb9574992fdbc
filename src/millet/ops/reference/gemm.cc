// The specification of ops/gemm.h.
#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

void gemm_nt(Context& ctx, ConstTensor x_tensor, const Weight& weight, Tensor y_tensor, GemmOptions options) {
  const ConstView x(ctx, x_tensor), w(ctx, weight.value);
  const View y(ctx, y_tensor);
  for (int64_t m = 0; m < y.size(0); ++m) {
    for (int64_t n = 0; n < y.size(1); ++n) {
      double sum = options.accumulate ? y(m, n) : 0;
      for (int64_t k = 0; k < x.size(1); ++k) sum += x(m, k) * w(n, k);
      y.set(sum, m, n);
    }
  }
}

void gemm_nn(Context& ctx, ConstTensor x_tensor, ConstTensor w_tensor, Tensor y_tensor, GemmOptions options) {
  const ConstView x(ctx, x_tensor), w(ctx, w_tensor);
  const View y(ctx, y_tensor);
  for (int64_t m = 0; m < y.size(0); ++m) {
    for (int64_t k = 0; k < y.size(1); ++k) {
      double sum = options.accumulate ? y(m, k) : 0;
      for (int64_t n = 0; n < x.size(1); ++n) sum += x(m, n) * w(n, k);
      y.set(sum, m, k);
    }
  }
}

void gemm_tn(Context& ctx, ConstTensor a_tensor, ConstTensor b_tensor, Tensor y_tensor, GemmOptions options) {
  const ConstView a(ctx, a_tensor), b(ctx, b_tensor);
  const View y(ctx, y_tensor);
  for (int64_t n = 0; n < y.size(0); ++n) {
    for (int64_t k = 0; k < y.size(1); ++k) {
      double sum = options.accumulate ? y(n, k) : 0;
      for (int64_t m = 0; m < a.size(0); ++m) sum += a(m, n) * b(m, k);
      y.set(sum, n, k);
    }
  }
}

// Grouped: the plain product for each matrix and its rows, product(e, first, rows).
template <class F>
static void for_each_matrix(Context& ctx, std::string_view op, int64_t rows, const ConstTensor& begin_tensor,
                            F product) {
  const ConstView begin(ctx, begin_tensor);
  const int64_t matrices = begin.size(0) - 1;
  bool ascends = begin.index(0) == 0 && begin.index(matrices) == rows;
  for (int64_t e = 0; e < matrices; ++e) ascends = ascends && begin.index(e) <= begin.index(e + 1);
  require(ascends, "{}: begin does not ascend from 0 to the {} rows of its operands", op, rows);
  for (int64_t e = 0; e < matrices; ++e) product(e, begin.index(e), begin.index(e + 1) - begin.index(e));
}

void gemm_grouped_nt(Context& ctx, ConstTensor x, const Weight& w, ConstTensor begin, Tensor y) {
  for_each_matrix(ctx, "gemm_grouped_nt", x.size(0), begin, [&](int64_t e, int64_t first, int64_t rows) {
    reference::gemm_nt(ctx, x.rows(first, rows), {.value = w.value.select(e)}, y.rows(first, rows), {});
  });
}

void gemm_grouped_nn(Context& ctx, ConstTensor x, ConstTensor w, ConstTensor begin, Tensor y) {
  for_each_matrix(ctx, "gemm_grouped_nn", x.size(0), begin, [&](int64_t e, int64_t first, int64_t rows) {
    reference::gemm_nn(ctx, x.rows(first, rows), w.select(e), y.rows(first, rows), {});
  });
}

void gemm_grouped_tn(Context& ctx, ConstTensor a, ConstTensor b, ConstTensor begin, Tensor y, GemmOptions options) {
  for_each_matrix(ctx, "gemm_grouped_tn", a.size(0), begin, [&](int64_t e, int64_t first, int64_t rows) {
    reference::gemm_tn(ctx, a.rows(first, rows), b.rows(first, rows), y.select(e), options);
  });
}

// The reference needs no other layout: a packed weight is empty and never looked at.
int64_t gemm_packed_bytes(Context&, ConstTensor) {
  return 0;
}

void gemm_pack(Context&, ConstTensor, Tensor) {}

}  // namespace millet::ops::reference
