// Numbers, formulas and matrices. Decimals are rounded, whole numbers may leave their percent sign away, fractions are
// compared exactly, all else by its values in several trials.
#include <cmath>
#include <optional>

#include "millet/tasks/math/compare_parts.h"

namespace millet::tasks::math {

namespace {

constexpr int kTrials = 8;  // of two terms that a formula takes the larger of, each is in one but for 2^-8
constexpr int kMaxTrials = 16;
constexpr long double kSameConstant = 1e-15L;  // relative
constexpr long double kSameFormula = 1e-11L;
constexpr long double kSameFar = 1e-9L;  // where variables are large

// The number of a number or a percentage of one.
const Expression* plain(const Expression& e) {
  if (e.is(Kind::number)) return &e;
  return e.is(Kind::percent) && e[0].is(Kind::number) ? &e[0] : nullptr;
}

bool is_whole(const Expression* e) {
  return e != nullptr && !e->decimal && e->value.is_integer();
}
bool is_decimal(const Expression* e) {
  return e != nullptr && e->decimal;
}

bool near(const Complex& a, const Complex& b, long double tolerance) {
  return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b)) || std::abs(a - b) <= tolerance * 1e-3L;
}

long double rounded(long double x, int places) {
  const long double scale = std::pow(10.0L, static_cast<long double>(places));
  return std::rint(x * scale);
}

}  // namespace

bool Comparer::same_numbers(const Expression& gold, const Expression& prediction) {
  const Expression* a = plain(gold);
  const Expression* b = plain(prediction);
  how = "as numbers";
  if (is_decimal(a) || is_decimal(b)) {
    const auto x = exact_value(gold, budget);
    const auto y = x ? exact_value(prediction, budget) : std::nullopt;
    if (y) {
      const auto rx = x->rounded(options.precision);
      const auto ry = y->rounded(options.precision);
      return rx && ry && *rx == *ry;
    }
    if (is_constant(gold) && is_constant(prediction)) {
      const auto u = value_at(gold, 0, budget);
      const auto v = u ? value_at(prediction, 0, budget) : std::nullopt;
      if (!v) return false;
      return rounded(u->real(), options.precision) == rounded(v->real(), options.precision) &&
             rounded(u->imag(), options.precision) == rounded(v->imag(), options.precision);
    }
  }
  if (is_whole(a) && is_whole(b) && a->value == b->value) return true;  // 50% and 50
  if (gold.is(Kind::undefined) || prediction.is(Kind::undefined)) return false;
  if (is_infinite(gold) || is_infinite(prediction)) {
    return is_infinite(gold) && is_infinite(prediction) && real_value(gold) == real_value(prediction);
  }
  const auto x = exact_value(gold, budget);
  const auto y = x ? exact_value(prediction, budget) : std::nullopt;
  if (y) return *x == *y;
  const bool constants = is_constant(gold) && is_constant(prediction);
  if (!constants) how = "as formulas";
  const Samples samples(gold, prediction);
  const int wanted = constants ? 1 : samples.without_symbols() ? 2 : kTrials;
  int seen = 0;
  for (int trial = 0; trial < kMaxTrials && seen < wanted && !budget.spent(); ++trial) {
    const auto u = samples.at(gold, trial, budget);
    const auto v = samples.at(prediction, trial, budget);
    if (!u && !v) continue;
    if (!u || !v || !near(*u, *v, constants ? kSameConstant : kSameFormula)) return false;
    ++seen;
  }
  if (seen == 0 || budget.spent()) return false;
  return samples.fit_far_away(gold, prediction, budget,
                              [](const Complex& u, const Complex& v) { return near(u, v, kSameFar); });
}

bool Comparer::same_matrices(const Expression& gold, const Expression& prediction) {
  const auto a = matrix_value(gold);
  const auto b = matrix_value(prediction);
  if (!a || !b || a->columns != b->columns || a->arguments.size() != b->arguments.size()) return false;
  for (size_t i = 0; i < a->arguments.size(); ++i) {
    if (!((*a)[i] == (*b)[i]) && !same_numbers((*a)[i], (*b)[i])) return false;
  }
  how = "as matrices";
  return true;
}

}  // namespace millet::tasks::math
