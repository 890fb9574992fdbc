#include "millet/tasks/math/limits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace millet::tasks::math {

namespace {

using Complex = std::complex<long double>;

constexpr long double kAgree = 1e-12L;  // relative, of two ways to one value
constexpr int kTermsLooked = 200;
constexpr int kTermsLevin = 22;
constexpr int kHalvings = 12;
constexpr long double kHalfPi = 1.570796326794896619231321691639751442L;

// The last of these where it hardly differs from the one before, by the smallest difference.
class Closest {
 public:
  void take(const Complex& value, const Complex& other) {
    const long double gap = std::abs(value - other) / std::max(1.0L, std::abs(value));
    if (!(gap < gap_)) return;
    gap_ = gap;
    value_ = value;
  }
  Limiting value() const { return gap_ <= kAgree ? Limiting(value_) : std::nullopt; }

 private:
  long double gap_ = 1;
  Complex value_;
};

// Whether terms become small as fast as they must for a sum to exist: like 1/n^1.05, or with changing signs.
bool may_converge(const std::vector<Complex>& terms) {
  const size_t n = terms.size();
  const long double far = std::abs(terms[n - 1]), half = std::abs(terms[n / 2 - 1]);
  bool alternating = true;
  for (size_t i = n - 8; i + 1 < n; ++i) alternating = alternating && terms[i].real() * terms[i + 1].real() < 0;
  return far < (alternating ? 0.98L : 0.483L) * half;
}

}  // namespace

Limiting infinite_sum(const RealFunction& f, long double from) {
  std::vector<Complex> terms, sums;
  Complex sum(0);
  int small = 0;
  for (int i = 0; i < kTermsLooked; ++i) {
    const auto term = f(from + static_cast<long double>(i));
    if (!term) return std::nullopt;
    sum += *term;
    terms.push_back(*term);
    sums.push_back(sum);
    small = std::abs(*term) <= 1e-21L * std::abs(sum) ? small + 1 : 0;
    if (small == 4 && sum != Complex(0)) return sum;
  }
  if (!may_converge(terms)) return std::nullopt;
  Closest closest;
  Complex before;
  for (int k = 4; k < kTermsLevin; ++k) {
    Complex above(0), below(0);
    long double choose = 1;  // k over j, with its sign
    for (int j = 0; j <= k; ++j) {
      const auto at = static_cast<size_t>(j);
      if (terms[at] == Complex(0)) return std::nullopt;
      const long double weight =
          choose * std::pow(static_cast<long double>(j + 1) / static_cast<long double>(k + 1), k - 1.0L);
      const Complex size = static_cast<long double>(j + 1) * terms[at];
      above += weight * sums[at] / size;
      below += weight / size;
      choose *= -static_cast<long double>(k - j) / static_cast<long double>(j + 1);
    }
    const Complex now = above / below;
    if (k > 4) closest.take(now, before);
    before = now;
  }
  return closest.value();
}

Limiting limit_at(const RealFunction& f, long double to, long double side) {
  std::array<std::array<Complex, kHalvings>, kHalvings> table;
  Closest closest;
  for (int i = 0; i < kHalvings; ++i) {
    const long double step = 0.37L * std::pow(0.5L, static_cast<long double>(i));  // no round number: f may jump there
    const auto value = f(std::isinf(to) ? std::copysign(1 / step, to) : to + side * step);
    if (!value) return std::nullopt;
    auto& row = table[static_cast<size_t>(i)];
    row[0] = *value;
    for (int j = 1; j <= i; ++j) {
      const auto& above = table[static_cast<size_t>(i - 1)];
      const auto at = static_cast<size_t>(j);
      row[at] = row[at - 1] + (row[at - 1] - above[at - 1]) / (std::pow(2.0L, static_cast<long double>(j)) - 1);
      if (i > 4) closest.take(row[at], above[at - 1]);
    }
  }
  return closest.value();
}

Limiting improper_integral(const RealFunction& f, long double from, long double to) {
  if (from > to) {
    const Limiting turned = improper_integral(f, to, from);
    return turned ? Limiting(-*turned) : std::nullopt;
  }
  if (!std::isinf(from) && !std::isinf(to)) return std::nullopt;
  // x and dx/dt at t.
  const auto place = [&](long double t, long double& slope) {
    const long double s = kHalfPi * std::sinh(t), ds = kHalfPi * std::cosh(t);
    if (std::isinf(from) && std::isinf(to)) {
      slope = std::cosh(s) * ds;
      return std::sinh(s);
    }
    slope = std::exp(s) * ds;
    return std::isinf(to) ? from + std::exp(s) : to - std::exp(s);
  };
  constexpr int kSteps = 160;
  constexpr long double kStep = 1.0L / 36;
  Complex fine(0), coarse(0);
  for (const int way : {1, -1}) {
    int small = 0;
    for (int i = way == 1 ? 0 : 1; i <= kSteps && small < 4; ++i) {
      long double slope = 0;
      const long double x = place(static_cast<long double>(way * i) * kStep, slope);
      const auto value = f(x);
      if (!value) return std::nullopt;
      const Complex part = *value * slope * kStep;
      fine += part;
      if (i % 2 == 0) coarse += 2.0L * part;
      small = std::abs(part) <= 1e-18L * std::abs(fine) ? small + 1 : 0;
    }
    if (small < 4) return std::nullopt;
  }
  Closest closest;
  closest.take(fine, coarse);
  return closest.value();
}

}  // namespace millet::tasks::math
