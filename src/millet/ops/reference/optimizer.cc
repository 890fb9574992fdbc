// The specification of ops/optimizer.h.
#include <algorithm>
#include <cmath>
#include <vector>

#include "millet/ops/reference/table.h"
#include "millet/ops/reference/view.h"

namespace millet::ops::reference {

void adamw(Context& ctx, Tensor weight_tensor, ConstTensor grad_tensor, Tensor m_tensor, Tensor v_tensor,
           AdamWOptions o) {
  const Shape flat{weight_tensor.elements()};
  const ConstView grad(ctx, grad_tensor.reshape(flat));
  const View weight(ctx, weight_tensor.reshape(flat)), m(ctx, m_tensor.reshape(flat)), v(ctx, v_tensor.reshape(flat));
  const double correction1 = 1 - std::pow(o.beta1, static_cast<double>(o.step));
  const double correction2 = 1 - std::pow(o.beta2, static_cast<double>(o.step));
  for (int64_t i = 0; i < flat[0]; ++i) {
    const double g = grad(i) * o.grad_scale;
    m.set(o.beta1 * m(i) + (1 - o.beta1) * g, i);
    v.set(o.beta2 * v(i) + (1 - o.beta2) * g * g, i);
    const double decayed = weight(i) - o.lr * o.weight_decay * weight(i);
    weight.set(decayed - o.lr * (m(i) / correction1) / (std::sqrt(v(i) / correction2) + o.eps), i);
  }
}

namespace {

struct Matrix {
  int64_t rows, columns;
  std::vector<double> values;

  Matrix(int64_t r, int64_t c) : rows(r), columns(c), values(static_cast<size_t>(r * c)) {}
  double& operator()(int64_t r, int64_t c) { return values[static_cast<size_t>(r * columns + c)]; }
  double operator()(int64_t r, int64_t c) const { return values[static_cast<size_t>(r * columns + c)]; }
};

Matrix transposed(const Matrix& x) {
  Matrix y(x.columns, x.rows);
  for (int64_t r = 0; r < y.rows; ++r) {
    for (int64_t c = 0; c < y.columns; ++c) y(r, c) = x(c, r);
  }
  return y;
}

Matrix operator*(const Matrix& a, const Matrix& b) {
  Matrix y(a.rows, b.columns);
  for (int64_t r = 0; r < y.rows; ++r) {
    for (int64_t i = 0; i < a.columns; ++i) {
      for (int64_t c = 0; c < y.columns; ++c) y(r, c) += a(r, i) * b(i, c);
    }
  }
  return y;
}

// a·x + b·y
Matrix sum(double a, const Matrix& x, double b, const Matrix& y) {
  Matrix z(x.rows, x.columns);
  for (size_t i = 0; i < z.values.size(); ++i) z.values[i] = a * x.values[i] + b * y.values[i];
  return z;
}

// X ← 3.4445 X − 4.7750 (XXᵀ) X + 2.0315 (XXᵀ)² X, from X = U / (‖U‖ + 1e-7): singular values go to about 1.
Matrix newton_schulz(const Matrix& u, int64_t steps) {
  if (u.rows > u.columns) return transposed(newton_schulz(transposed(u), steps));
  double squares = 0;
  for (const double value : u.values) squares += value * value;
  Matrix x = sum(1 / (std::sqrt(squares) + 1e-7), u, 0, u);
  for (int64_t i = 0; i < steps; ++i) {
    const Matrix a = x * transposed(x);
    x = sum(3.4445, x, 1, sum(-4.7750, a, 2.0315, a * a) * x);
  }
  return x;
}

}  // namespace

void muon(Context& ctx, Tensor weight_tensor, ConstTensor grad_tensor, Tensor momentum_tensor, MuonOptions o) {
  if (weight_tensor.rank() == 3) {
    for (int64_t b = 0; b < weight_tensor.size(0); ++b)
      reference::muon(ctx, weight_tensor.select(b), grad_tensor.select(b), momentum_tensor.select(b), o);
    return;
  }
  const ConstView grad(ctx, grad_tensor);
  const View weight(ctx, weight_tensor), momentum(ctx, momentum_tensor);
  const int64_t N = weight.size(0), K = weight.size(1);
  Matrix u(N, K);
  for (int64_t n = 0; n < N; ++n) {
    for (int64_t k = 0; k < K; ++k) {
      const double g = grad(n, k) * o.grad_scale;
      momentum.set(o.momentum * momentum(n, k) + g, n, k);
      u(n, k) = o.nesterov ? g + o.momentum * momentum(n, k) : momentum(n, k);
    }
  }
  const Matrix direction = newton_schulz(u, o.newton_schulz_steps);
  const double step = o.lr * 0.2 * std::sqrt(static_cast<double>(std::max(N, K)));
  for (int64_t n = 0; n < N; ++n) {
    for (int64_t k = 0; k < K; ++k)
      weight.set(weight(n, k) - o.lr * o.weight_decay * weight(n, k) - step * direction(n, k), n, k);
  }
}

}  // namespace millet::ops::reference
