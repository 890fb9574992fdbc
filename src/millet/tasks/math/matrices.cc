// Sums, products and whole powers of matrices, element by element.
#include <utility>

#include "millet/tasks/math/evaluate.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kMaxCells = 400;
constexpr size_t kMaxNodes = 5000;  // of a product, written out

size_t rows_of(const Expression& m) {
  return m.arguments.size() / m.columns;
}

std::optional<Expression> added(const Expression& a, const Expression& b) {
  if (a.columns != b.columns || a.arguments.size() != b.arguments.size()) return std::nullopt;
  Expression out = a;
  for (size_t i = 0; i < out.arguments.size(); ++i) out.arguments[i] = sum_of(a[i], b[i]);
  return out;
}

size_t size_of(const Expression& e) {
  size_t out = 1;
  for (const Expression& part : e.arguments) out += size_of(part);
  return out;
}

std::optional<Expression> multiplied(const Expression& a, const Expression& b) {
  if (a.columns != rows_of(b) || size_of(a) * b.columns + size_of(b) * rows_of(a) > kMaxNodes) return std::nullopt;
  Expression out = node(Kind::matrix, {});
  out.columns = b.columns;
  for (size_t r = 0; r < rows_of(a); ++r) {
    for (size_t c = 0; c < b.columns; ++c) {
      std::vector<Expression> terms;
      for (size_t k = 0; k < a.columns; ++k) terms.push_back(product_of(a[r * a.columns + k], b[k * b.columns + c]));
      out.arguments.push_back(terms.size() == 1 ? std::move(terms[0]) : node(Kind::add, std::move(terms)));
    }
  }
  return out;
}

Expression scaled(const Expression& factor, Expression m) {
  for (Expression& cell : m.arguments) cell = product_of(factor, cell);
  return m;
}

}  // namespace

bool has_matrix(const Expression& expression) {
  if (expression.is(Kind::matrix)) return true;
  for (const Expression& part : expression.arguments) {
    if (has_matrix(part)) return true;
  }
  return false;
}

std::optional<Expression> matrix_value(const Expression& e) {
  if (e.is(Kind::matrix)) {
    if (e.arguments.size() > kMaxCells) return std::nullopt;
    return e;
  }
  if (e.is(Kind::add)) {
    std::optional<Expression> out;
    for (const Expression& part : e.arguments) {
      const auto m = matrix_value(part);
      if (!m) return std::nullopt;
      out = out ? added(*out, *m) : m;
      if (!out) return std::nullopt;
    }
    return out;
  }
  if (e.is(Kind::multiply)) {
    std::optional<Expression> out;
    std::optional<Expression> factor;
    for (const Expression& part : e.arguments) {
      if (!has_matrix(part) || part.is(Kind::function)) {
        factor = factor ? product_of(*factor, part) : part;
        continue;
      }
      const auto m = matrix_value(part);
      if (!m) return std::nullopt;
      out = out ? multiplied(*out, *m) : m;
      if (!out) return std::nullopt;
    }
    if (!out) return std::nullopt;
    return factor ? scaled(*factor, std::move(*out)) : out;
  }
  if (e.is(Kind::power) && e[1].is(Kind::number) && e[1].value.is_integer()) {
    const auto m = matrix_value(e[0]);
    const auto n = e[1].value.numerator().to_int64();
    if (!m || !n || *n < 1 || *n > 8) return std::nullopt;
    std::optional<Expression> out = m;
    for (int64_t i = 1; i < *n && out; ++i) out = multiplied(*out, *m);
    return out;
  }
  return std::nullopt;
}

}  // namespace millet::tasks::math
