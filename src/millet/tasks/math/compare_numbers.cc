// Numbers, formulas and matrices. Decimals are rounded, whole numbers may leave their percent sign away, fractions are
// compared exactly, all else by its values in several trials.
#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

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

bool holds_infinity(const Expression& e) {
  if (e.is(Kind::constant)) return e.name == "infinity";
  const bool arithmetic = e.is(Kind::add) || e.is(Kind::multiply) || e.is(Kind::power);
  return arithmetic && std::any_of(e.arguments.begin(), e.arguments.end(), holds_infinity);
}

// Arithmetic with infinities; nothing where it is undefined, as oo - oo is, or where there is more than that in it.
std::optional<long double> extended(const Expression& e) {
  if (!holds_infinity(e)) return is_infinite(e) ? std::nullopt : real_value(e);
  if (e.is(Kind::constant)) return HUGE_VALL;
  std::vector<long double> parts;
  for (const Expression& part : e.arguments) {
    const auto value = extended(part);
    if (!value) return std::nullopt;
    parts.push_back(*value);
  }
  long double out = parts[0];
  if (e.is(Kind::power)) {
    if (parts[1] == 0 || std::abs(out) == 1 || (out <= 0 && std::isinf(parts[1]))) return std::nullopt;
    out = std::pow(out, parts[1]);
  } else {
    for (size_t i = 1; i < parts.size(); ++i) out = e.is(Kind::add) ? out + parts[i] : out * parts[i];
  }
  return std::isnan(out) ? std::nullopt : std::optional(out);
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
  if (holds_infinity(gold) || holds_infinity(prediction)) {
    const auto u = extended(gold);
    const auto v = u ? extended(prediction) : std::nullopt;
    return v && *u == *v;
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
