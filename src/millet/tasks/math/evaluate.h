// Values of expressions: exact fractions where there are such, complex numbers in extended precision otherwise. Every
// evaluation has a budget of steps; what would take more is refused, never begun.
#pragma once

#include <complex>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "millet/tasks/math/expression.h"

namespace millet::tasks::math {

using Complex = std::complex<long double>;

// Steps left for one verification.
class Budget {
 public:
  explicit Budget(int64_t steps) : left_(steps) {}
  bool take(int64_t steps = 1) { return (left_ -= steps) >= 0; }
  bool spent() const { return left_ < 0; }
  int64_t left() const { return left_; }

 private:
  int64_t left_;
};

// The exact value of an expression without symbols that needs fractions alone. Nothing where it has none, or where its
// digits would not fit (rational.h).
std::optional<Rational> exact_value(const Expression& expression, Budget& budget);

// A value with every symbol standing for a real number that its name and the trial decide: expressions that are equal
// as formulas are equal in every trial, others in none but by a coincidence of 2^-50. What nobody can compute (f(x), an
// infinite sum that does not converge) has a value that depends, smoothly, on its name and the values of its parts
// alone.
// Nothing where it is infinite, undefined, of another kind (a set, a matrix), or beyond the budget.
std::optional<Complex> value_at(const Expression& expression, int trial, Budget& budget);

// As above, with these symbols bound.
std::optional<Complex> value_with(const Expression& expression, const std::map<std::string, Complex>& bound, int trial,
                                  Budget& budget);

// Trials from this one on: symbols are far from one, or close to zero, or whole, and of both signs. There |x - 10| is
// not 10 - x, and the next whole number above x not always the one below and 1.
inline constexpr int kFirstFar = 64;
inline constexpr int kFarTrials = 16;

// Values of two expressions that are compared, trial by trial. What a sum of either runs to and what a gcd is of is
// whole in all.
class Samples {
 public:
  Samples(const Expression& gold, const Expression& prediction);
  // `sure`: whether enough digits are left for a difference to count.
  std::optional<Complex> at(const Expression& expression, int trial, Budget& budget, bool* sure = nullptr) const;
  // Whether `fits` holds of both values in every far trial in which both are sure. No more than half of what is left of
  // the budget is spent on it.
  bool fit_far_away(const Expression& gold, const Expression& prediction, Budget& budget,
                    const std::function<bool(const Complex&, const Complex&)>& fits) const;
  bool without_symbols() const { return alone_; }

 private:
  std::set<std::string> whole_;
  bool alone_ = false;
};

std::set<std::string> free_symbols(const Expression& expression);
// No symbols, and nothing in it that has no value of its own.
bool is_constant(const Expression& expression);
bool is_infinite(const Expression& expression);      // oo or -oo
bool is_only_symbols(const Expression& expression);  // x, (x, y), f(x), A/B: may be assigned to
// -1, 0, 1 as a is below, equal to or above b; infinities included. Nothing where one is no real constant.
std::optional<int> order_of(const Expression& a, const Expression& b);
// The value as a real number, infinities included.
std::optional<long double> real_value(const Expression& expression);

// Elementwise value of sums and products of matrices; nothing where there is none or the shapes do not fit.
std::optional<Expression> matrix_value(const Expression& expression);
bool has_matrix(const Expression& expression);

}  // namespace millet::tasks::math
