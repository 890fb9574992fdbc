// Equations in several unknowns by what solves them: xy = 1 and y = 1/x. Nothing is rearranged: with all unknowns but
// one given, the real roots of either equation, looked for on a grid, must solve the other.
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "millet/tasks/math/compare_parts.h"

namespace millet::tasks::math {

namespace {

constexpr int kGivens = 3;        // values of the other unknowns
constexpr int kGrid = 48;         // points, denser around zero
constexpr int kRefinements = 40;  // of one root
constexpr size_t kMaxUnknowns = 4;
constexpr int kMaxParts = 60;  // of both equations: each is evaluated some hundred times
constexpr int kEnough = 3;     // roots of each equation that decide

// One equation as a function of one unknown: its left side without the right one.
struct Curve {
  const Expression& equation;
  const std::string& unknown;
  int given;
  Budget& budget;

  std::optional<long double> at(long double x) const {
    const auto side = [&](const Expression& e) -> std::optional<long double> {
      const auto z = value_with(e, {{unknown, Complex(x)}}, given, budget);
      if (!z || std::abs(z->imag()) > 1e-14L * (1 + std::abs(z->real()))) return std::nullopt;
      return z->real();
    };
    const auto left = side(equation[0]);
    const auto right = left ? side(equation[1]) : std::nullopt;
    return right ? std::optional(*left - *right) : std::nullopt;
  }

  // Nothing is left there beside what there is close by. Sizes are the equation's own: 1e6 x = 0 and x = 0 are one.
  bool solved_by(long double x) const {
    const auto here = at(x);
    if (!here) return false;
    if (*here == 0) return true;
    const long double step = 1e-3L * (1 + std::abs(x));
    const long double near = std::abs(at(x - step).value_or(0)) + std::abs(at(x + step).value_or(0));
    return std::abs(*here) <= 1e-9L * near;
  }

  // Between two points where the sign changes, by false position (Illinois). Nothing where it jumps there.
  std::optional<long double> root(long double a, long double fa, long double b, long double fb) const {
    const long double small = 1e-17L * (std::abs(fa) + std::abs(fb));
    for (int i = 0; i < kRefinements; ++i) {
      const long double middle = (a * fb - b * fa) / (fb - fa);
      const auto gap = at(middle);
      if (!gap) return std::nullopt;
      if (std::abs(*gap) <= small || middle == a || middle == b) {
        return solved_by(middle) ? std::optional(middle) : std::nullopt;
      }
      if ((*gap < 0) == (fb < 0)) {
        fa /= 2;
      } else {
        a = b;
        fa = fb;
      }
      b = middle;
      fb = *gap;
    }
    return solved_by(b) ? std::optional(b) : std::nullopt;
  }

  std::vector<long double> roots() const {
    std::vector<long double> out;
    std::optional<long double> before;
    long double from = 0;
    for (int i = 0; i <= kGrid && !budget.spent(); ++i) {
      const long double t = 2.0L * static_cast<long double>(i) / kGrid - 0.99L;  // no round numbers: poles stand there
      const long double x = std::sinh(4 * t);
      const auto gap = at(x);
      if (gap && *gap == 0) {
        out.push_back(x);
      } else if (before && gap && *before != 0 && (*before < 0) != (*gap < 0)) {
        if (const auto zero = root(from, *before, x, *gap)) out.push_back(*zero);
      }
      before = gap;
      from = x;
    }
    return out;
  }
};

// Its parts are counted off; false where there are more, or one that takes more than a step to compute.
bool is_small(const Expression& e, int& left) {
  static const std::set<std::string> kLong = {"sum", "product", "integral", "limit", "derivative", "det"};
  if (--left < 0 || (e.is(Kind::function) && kLong.contains(e.name))) return false;
  return std::all_of(e.arguments.begin(), e.arguments.end(),
                     [&](const Expression& part) { return is_small(part, left); });
}

}  // namespace

bool same_solutions(const Expression& gold, const Expression& prediction, Budget& budget) {
  int parts = kMaxParts;
  if (!is_small(gold, parts) || !is_small(prediction, parts)) return false;
  const std::set<std::string> unknowns = free_symbols(gold);
  if (unknowns.size() < 2 || unknowns.size() > kMaxUnknowns || unknowns != free_symbols(prediction)) return false;
  int of_gold = 0, of_prediction = 0;
  for (int given = 0; given < kGivens; ++given) {
    for (const std::string& unknown : unknowns) {
      const Curve a{gold, unknown, given, budget};
      const Curve b{prediction, unknown, given, budget};
      const std::vector<long double> in_gold = a.roots();
      const std::vector<long double> in_prediction = b.roots();
      const auto all_solve = [](const std::vector<long double>& roots, const Curve& other) {
        return std::all_of(roots.begin(), roots.end(), [&](long double x) { return other.solved_by(x); });
      };
      if (!all_solve(in_gold, b) || !all_solve(in_prediction, a) || budget.spent()) return false;
      of_gold += static_cast<int>(in_gold.size());
      of_prediction += static_cast<int>(in_prediction.size());
      if (given > 0 && of_gold >= kEnough && of_prediction >= kEnough) return true;
    }
  }
  return of_gold >= kEnough && of_prediction >= kEnough;
}

}  // namespace millet::tasks::math
