// The specification of ops/elementwise.h.
#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

// The same elements with four dimensions, so that one loop serves every rank.
static Tensor four_dimensions(const ConstTensor& t) {
  Shape shape{1, 1, 1, 1}, strides{0, 0, 0, 1};
  for (int d = 0; d < t.rank(); ++d) {
    shape[kMaxRank - t.rank() + d] = t.size(d);
    strides[kMaxRank - t.rank() + d] = t.stride(d);
  }
  return {const_cast<void*>(t.data()), t.dtype(), shape, strides};
}

// f(i, j, k, l) for every element.
template <class F>
static void for_each(const ConstView& view, F f) {
  for (int64_t i = 0; i < view.size(0); ++i) {
    for (int64_t j = 0; j < view.size(1); ++j) {
      for (int64_t k = 0; k < view.size(2); ++k) {
        for (int64_t l = 0; l < view.size(3); ++l) f(i, j, k, l);
      }
    }
  }
}

void fill(Context& ctx, Tensor y_tensor, double value) {
  const View y(ctx, four_dimensions(y_tensor));
  for_each(y, [&](auto... at) { y.set(value, at...); });
}

void copy(Context& ctx, ConstTensor x_tensor, Tensor y_tensor) {
  const ConstView x(ctx, four_dimensions(x_tensor));
  const View y(ctx, four_dimensions(y_tensor));
  for_each(y, [&](auto... at) { y.set_element(x, at...); });
}

void add(Context& ctx, ConstTensor a_tensor, ConstTensor b_tensor, Tensor y_tensor) {
  const ConstView a(ctx, four_dimensions(a_tensor)), b(ctx, four_dimensions(b_tensor));
  const View y(ctx, four_dimensions(y_tensor));
  for_each(y, [&](auto... at) { y.set(a(at...) + b(at...), at...); });
}

void scale(Context& ctx, ConstTensor x_tensor, double factor, Tensor y_tensor) {
  const ConstView x(ctx, four_dimensions(x_tensor));
  const View y(ctx, four_dimensions(y_tensor));
  for_each(y, [&](auto... at) { y.set(factor * x(at...), at...); });
}

void scale_rows(Context& ctx, ConstTensor x_tensor, ConstTensor weight_tensor, Tensor y_tensor) {
  const ConstView x(ctx, x_tensor), weight(ctx, weight_tensor);
  const View y(ctx, y_tensor);
  for (int64_t r = 0; r < y.size(0); ++r) {
    for (int64_t h = 0; h < y.size(1); ++h) y.set(weight(r) * x(r, h), r, h);
  }
}

void row_dot(Context& ctx, ConstTensor a_tensor, ConstTensor b_tensor, Tensor y_tensor) {
  const ConstView a(ctx, a_tensor), b(ctx, b_tensor);
  const View y(ctx, y_tensor);
  for (int64_t r = 0; r < a.size(0); ++r) {
    double sum = 0;
    for (int64_t h = 0; h < a.size(1); ++h) sum += a(r, h) * b(r, h);
    y.set(sum, r);
  }
}

void broadcast_heads(Context& ctx, ConstTensor x_tensor, Tensor y_tensor) {
  const ConstView x(ctx, x_tensor);
  const View y(ctx, y_tensor);
  for (int64_t t = 0; t < y.size(0); ++t) {
    for (int64_t n = 0; n < y.size(1); ++n) {
      for (int64_t d = 0; d < y.size(2); ++d) y.set(x(t, d), t, n, d);
    }
  }
}

void sum_heads(Context& ctx, ConstTensor dy_tensor, Tensor dx_tensor) {
  const ConstView dy(ctx, dy_tensor);
  const View dx(ctx, dx_tensor);
  for (int64_t t = 0; t < dy.size(0); ++t) {
    for (int64_t d = 0; d < dy.size(2); ++d) {
      double sum = 0;
      for (int64_t n = 0; n < dy.size(1); ++n) sum += dy(t, n, d);
      dx.set(sum, t, d);
    }
  }
}

double sum_of_squares(Context& ctx, ConstTensor x_tensor) {
  const ConstView x(ctx, four_dimensions(x_tensor));
  double sum = 0;
  for_each(x, [&](auto... at) { sum += x(at...) * x(at...); });
  return sum;
}

}  // namespace millet::ops::reference
