// Equations and inequalities: the same difference of their sides, or a multiple of it; and inequalities beside sets.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "millet/tasks/math/compare_parts.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kMaxEnds = 40;  // of the intervals that an inequality is compared with

Expression difference_of(const Expression& relation) {
  return sum_of(relation[0], negative(relation[1]));
}

std::string_view turned(std::string_view name) {
  if (name == "<") return ">";
  if (name == ">") return "<";
  if (name == "<=") return ">=";
  if (name == ">=") return "<=";
  return name;
}

bool scalar(const Expression& e) {
  return !is_set(e) && !e.is(Kind::tuple) && !is_relation(e) && !has_matrix(e) && !e.is(Kind::undefined);
}

// Whether one relation holds where its unknown has a value; nothing where a side has none.
std::optional<bool> holds(const Expression& relation, const std::string& unknown, long double x, Budget& budget) {
  if (relation.is(Kind::chain)) {
    bool all = true;
    for (const Expression& part : relation.arguments) {
      const auto one = holds(part, unknown, x, budget);
      if (!one) return std::nullopt;
      all = all && *one;
    }
    return all;
  }
  const auto side = [&](const Expression& e) -> std::optional<long double> {
    if (is_infinite(e)) return real_value(e);
    const auto z = value_with(e, {{unknown, Complex(x)}}, 0, budget);
    if (!z || std::abs(z->imag()) > 1e-12L) return std::nullopt;
    return z->real();
  };
  const auto left = side(relation[0]);
  const auto right = left ? side(relation[1]) : std::nullopt;
  if (!right) return std::nullopt;
  const long double gap = *left - *right;
  const bool equal = std::abs(gap) <= 1e-13L * (1 + std::abs(*left) + std::abs(*right)) || *left == *right;
  if (relation.name == "=") return equal;
  if (relation.name == "!=") return !equal;
  if (relation.name == "<=") return equal || gap < 0;
  if (relation.name == ">=") return equal || gap > 0;
  return !equal && ((gap < 0) == (relation.name == "<"));
}

// Nothing: no set of real numbers.
std::optional<bool> contains(const Expression& set, long double x) {
  const auto same = [](long double a, long double b) {
    return a == b || (std::isfinite(a) && std::abs(a - b) <= 1e-13L * (1 + std::abs(a)));
  };
  switch (set.kind) {
    case Kind::named_set:
      if (set.name == "reals" || set.name == "complexes") return true;
      if (set.name == "empty") return false;
      return std::nullopt;
    case Kind::finite_set: {
      for (const Expression& e : set.arguments) {
        const auto value = real_value(e);
        if (!value) return std::nullopt;
        if (same(*value, x)) return true;
      }
      return false;
    }
    case Kind::interval: {
      const auto from = real_value(set[0]);
      const auto to = real_value(set[1]);
      if (!from || !to) return std::nullopt;
      if (same(*from, x)) return !set.left_open;
      if (same(*to, x)) return !set.right_open;
      return *from < x && x < *to;
    }
    case Kind::unite:
    case Kind::intersect:
    case Kind::subtract: {
      const auto a = contains(set[0], x);
      const auto b = contains(set[1], x);
      if (!a || !b) return std::nullopt;
      if (set.is(Kind::unite)) return *a || *b;
      return set.is(Kind::intersect) ? *a && *b : *a && !*b;
    }
    default:
      return std::nullopt;
  }
}

void collect_ends(const Expression& set, std::vector<long double>& out) {
  if (!is_set(set)) {
    const auto value = real_value(set);
    if (value && std::isfinite(*value)) out.push_back(*value);
    return;
  }
  for (const Expression& part : set.arguments) collect_ends(part, out);
}

// f(x) becomes a name of its own, as it does where the reference looks for the set of 0 < f(x) < 1.
Expression unwrapped(const Expression& e) {
  if (e.is(Kind::applied)) return symbol("f:" + shown(e));
  Expression out = e;
  for (Expression& part : out.arguments) part = unwrapped(part);
  return out;
}

}  // namespace

bool Comparer::proportional(const Expression& gold, const Expression& prediction, bool flipped, bool sign_counts) {
  const Samples samples(gold, prediction);
  std::optional<Complex> ratio;
  const auto is_ratio = [&](const Complex& now) {
    if (sign_counts && (std::abs(now.imag()) > 1e-10L * std::abs(now) || (now.real() < 0) != flipped)) return false;
    return !ratio || std::abs(now - *ratio) <= 1e-10L * std::abs(now);
  };
  int seen = 0;
  for (int trial = 0; trial < 12 && seen < 4 && !budget.spent(); ++trial) {
    const auto u = samples.at(gold, trial, budget);
    const auto v = samples.at(prediction, trial, budget);
    if (!u && !v) continue;
    if (!u || !v || std::abs(*u) < 1e-12L || std::abs(*v) < 1e-12L) return false;
    const Complex now = *u / *v;
    if (!is_ratio(now)) return false;
    ratio = now;
    ++seen;
  }
  if (seen < 2 || budget.spent()) return false;
  return samples.fit_far_away(gold, prediction, budget, [&](const Complex& u, const Complex& v) {
    return std::abs(u) < 1e-12L || std::abs(v) < 1e-12L || is_ratio(u / v);
  });
}

bool Comparer::same_relations(const Expression& gold, const Expression& prediction) {
  if (gold.is(Kind::chain) || prediction.is(Kind::chain)) {
    if (!gold.is(Kind::chain) || !prediction.is(Kind::chain) || gold.arguments.size() != prediction.arguments.size()) {
      return false;
    }
    const size_t n = gold.arguments.size();
    bool forward = true, backward = true;
    for (size_t i = 0; i < n; ++i) {
      forward = forward && same_relations(gold[i], prediction[i]);
      backward = backward && same_relations(gold[i], prediction[n - 1 - i]);
    }
    return forward || backward;
  }
  if (!scalar(gold[0]) || !scalar(gold[1]) || !scalar(prediction[0]) || !scalar(prediction[1])) {
    return gold.name == prediction.name && same(gold[0], prediction[0]) && same(gold[1], prediction[1]);
  }
  const Expression f = difference_of(gold);
  const Expression g = difference_of(prediction);
  const bool same_way = gold.name == prediction.name;
  const bool other_way = turned(gold.name) == prediction.name;
  bool out = (same_way && same_numbers(f, g)) || (other_way && same_numbers(f, negative(g)));
  if (!out && !is_constant(f) && !is_constant(g)) {
    const bool sign_counts = gold.name != "=" && gold.name != "!=";
    out = (same_way && proportional(f, g, false, sign_counts)) || (other_way && proportional(f, g, true, sign_counts));
  }
  if (!out && same_way && gold.name == "=" && same_solutions(gold, prediction, budget)) {
    how = "as equations with the same solutions";
    return true;
  }
  if (out) how = gold.name == "=" ? "as equations" : "as inequalities";
  return out;
}

bool holds_exactly_on(const Expression& given, const Expression& set, Budget& budget) {
  const Expression relation = unwrapped(given);
  const std::set<std::string> unknowns = free_symbols(relation);
  if (unknowns.size() != 1) return false;
  const std::string& unknown = *unknowns.begin();
  std::vector<long double> at;
  collect_ends(set, at);
  if (at.size() > kMaxEnds) return false;
  std::sort(at.begin(), at.end());
  const size_t ends = at.size();
  for (size_t i = 0; i < ends; ++i) {
    const long double step = 1e-6L * (1 + std::abs(at[i]));
    for (const long double far : {1.0L, 1e3L}) {
      at.push_back(at[i] - step * far);
      at.push_back(at[i] + step * far);
    }
    if (i + 1 < ends) {
      for (int k = 1; k < 8; ++k) at.push_back(at[i] + (at[i + 1] - at[i]) * static_cast<long double>(k) / 8);
    }
  }
  const long double low = ends > 0 ? *std::min_element(at.begin(), at.end()) : 0;
  const long double high = ends > 0 ? *std::max_element(at.begin(), at.end()) : 0;
  for (long double distance = 0.125L; distance < 1e7L; distance *= 2.03L) {
    at.push_back(low - distance);
    at.push_back(high + distance);
  }
  for (int k = -120; k <= 120; ++k) at.push_back(static_cast<long double>(k) / 4);
  bool some = false;
  for (const long double x : at) {
    const auto inside = contains(set, x);
    if (!inside) return false;
    const auto held = holds(relation, unknown, x, budget);
    if (budget.spent()) return false;
    if (held.value_or(false) != *inside) return false;
    some = some || held.has_value();
  }
  return some;
}

}  // namespace millet::tasks::math
