// Exact values: fractions, whole powers, factorials and the like.
#include <cstdint>

#include "millet/tasks/math/evaluate.h"

namespace millet::tasks::math {

namespace {

using Value = std::optional<Rational>;

constexpr int64_t kMaxFactorial = 300;  // 300! has 2042 bits

Value factorial(int64_t n) {
  if (n < 0 || n > kMaxFactorial) return std::nullopt;
  Value out = Rational(1);
  for (int64_t i = 2; i <= n && out; ++i) out = multiply(*out, Rational(i));
  return out;
}

Value binomial(int64_t n, int64_t k) {
  if (k < 0 || k > 2000 || n < 0) return std::nullopt;
  if (k > n) return Rational(0);
  if (k > n - k) k = n - k;
  Value out = Rational(1);
  for (int64_t i = 1; i <= k && out; ++i) {
    out = multiply(*out, *Rational::make(Integer(n - k + i), Integer(i)));
  }
  return out;
}

// The whole number whose n-th power is this.
std::optional<Integer> whole_root(const Integer& value, int64_t n) {
  if (value.is_negative() || n < 1 || n > 64) return std::nullopt;
  const long double guess = std::pow(value.to_long_double(), 1.0L / static_cast<long double>(n));
  if (!(guess < 4e18L)) return std::nullopt;
  const auto around = static_cast<int64_t>(std::llround(guess));
  for (int64_t r = around > 0 ? around - 1 : 0; r <= around + 1; ++r) {
    const Value raised = power(Rational(r), n);
    if (raised && raised->numerator() == value) return Integer(r);
  }
  return std::nullopt;
}

Value raised(const Rational& base, const Rational& exponent) {
  const std::optional<int64_t> top = exponent.numerator().to_int64();
  if (!top) {
    if (base == Rational(1)) return Rational(1);
    return std::nullopt;
  }
  if (exponent.is_integer()) return power(base, *top);
  const std::optional<int64_t> n = exponent.denominator().to_int64();
  if (!n || base.is_negative()) return std::nullopt;
  const auto up = whole_root(base.numerator(), *n);
  const auto down = whole_root(base.denominator(), *n);
  if (!up || !down) return std::nullopt;
  const Value root = Rational::make(*up, *down);
  return root ? power(*root, *top) : std::nullopt;
}

Value of_function(const Expression& e, Budget& budget) {
  std::vector<Rational> v;
  for (const Expression& argument : e.arguments) {
    const Value value = exact_value(argument, budget);
    if (!value) return std::nullopt;
    v.push_back(*value);
  }
  const auto whole = [&](size_t i) { return v[i].is_integer() ? v[i].numerator().to_int64() : std::nullopt; };
  if (e.name == "abs") return v[0].is_negative() ? v[0].negated() : v[0];
  if (e.name == "floor") return Rational::make(v[0].floor(), Integer(1));
  if (e.name == "ceiling") return Rational::make(v[0].negated().floor().negated(), Integer(1));
  if (e.name == "factorial") {
    const auto n = whole(0);
    return n && budget.take(*n) ? factorial(*n) : std::nullopt;
  }
  if (e.name == "binomial") {
    const auto n = whole(0);
    const auto k = whole(1);
    return n && k && budget.take(200) ? binomial(*n, *k) : std::nullopt;
  }
  if (e.name == "mod") {
    const Value inverse = v[1].inverse();
    const Value times = inverse ? multiply(v[0], *inverse) : std::nullopt;
    const Value whole_times = times ? Rational::make(times->floor(), Integer(1)) : std::nullopt;
    const Value back = whole_times ? multiply(*whole_times, v[1].negated()) : std::nullopt;
    return back ? add(v[0], *back) : std::nullopt;
  }
  if (e.name == "max" || e.name == "min") {
    Rational best = v[0];
    for (const Rational& other : v) {
      if ((compare(other, best) > 0) == (e.name == "max")) best = other;
    }
    return best;
  }
  if (e.name == "gcd" || e.name == "lcm") {
    Integer out = v[0].numerator();
    for (const Rational& other : v) {
      if (!other.is_integer()) return std::nullopt;
      const Integer common = gcd(out, other.numerator());
      if (e.name == "gcd") {
        out = common;
      } else {
        out = common.is_zero() ? Integer(0) : divide(out * other.numerator(), common, nullptr).magnitude();
        if (out.bits() > kMaxBits) return std::nullopt;
      }
    }
    return Rational::make(out.magnitude(), Integer(1));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Rational> exact_value(const Expression& e, Budget& budget) {
  if (!budget.take()) return std::nullopt;
  switch (e.kind) {
    case Kind::number:
      return e.value;
    case Kind::percent: {
      const Value of = exact_value(e[0], budget);
      return of ? multiply(*of, *Rational::make(Integer(1), Integer(100))) : std::nullopt;
    }
    case Kind::add:
    case Kind::multiply: {
      Value out = Rational(e.is(Kind::add) ? 0 : 1);
      for (const Expression& part : e.arguments) {
        const Value value = exact_value(part, budget);
        if (!value) return std::nullopt;
        const size_t bits = value->numerator().bits() + value->denominator().bits() + out->numerator().bits() +
                            out->denominator().bits();
        const auto words = static_cast<int64_t>(bits / 64);
        if (!budget.take(2 * words * words)) return std::nullopt;  // at most: a common divisor by Euclid's rule
        out = e.is(Kind::add) ? add(*out, *value) : multiply(*out, *value);
        if (!out) return std::nullopt;
      }
      return out;
    }
    case Kind::power: {
      const Value base = exact_value(e[0], budget);
      const Value exponent = base ? exact_value(e[1], budget) : std::nullopt;
      if (!exponent || !budget.take(20)) return std::nullopt;
      return raised(*base, *exponent);
    }
    case Kind::function:
      if (e.name == "sum" || e.name == "product" || e.name == "integral" || e.name == "limit" ||
          e.name == "derivative" || has_matrix(e)) {
        return std::nullopt;
      }
      return of_function(e, budget);
    default:
      return std::nullopt;
  }
}

}  // namespace millet::tasks::math
