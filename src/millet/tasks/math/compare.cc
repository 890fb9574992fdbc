#include "millet/tasks/math/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include "millet/tasks/math/compare_parts.h"

namespace millet::tasks::math {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// a·n·s·w·e·r is the word "answer".
std::optional<std::string> spelled(const Expression& e) {
  if (e.is(Kind::symbol)) return lower(e.name);
  if (!e.is(Kind::multiply)) return std::nullopt;
  std::string out;
  for (const Expression& part : e.arguments) {
    if (part.is(Kind::symbol)) {
      out += part.name;
    } else if (part.is(Kind::constant) && part.name == "e") {
      out += 'e';
    } else {
      return std::nullopt;
    }
  }
  return lower(out);
}

const Expression& last_relation(const Expression& e) {
  return e.is(Kind::chain) ? e.arguments.back() : e;
}
const Expression& first_relation(const Expression& e) {
  return e.is(Kind::chain) ? e.arguments.front() : e;
}

// x = a = … = b is x = b.
Expression shortened(const Expression& e) {
  if (!e.is(Kind::chain)) return e;
  std::vector<Expression> sides = {first_relation(e)[0], last_relation(e)[1]};
  return node(Kind::relation, std::move(sides), "=");
}

// x = 2, x = -2 is the set of these values.
Expression assigned_values(const Expression& set) {
  if (!set.is(Kind::finite_set)) return set;
  Expression out = set;
  for (Expression& element : out.arguments) {
    if (!element.is(Kind::relation) || element.name != "=" || !element[0].is(Kind::symbol) ||
        element[0].name != set[0][0].name) {
      return set;
    }
    element = Expression(element[1]);
  }
  return out;
}

bool of_one_relation(const Expression& e) {
  return e.is(Kind::finite_set) && e.arguments.size() == 1 && is_relation(e[0]);
}

bool indefinite(const Expression& e) {
  return e.is_function("integral") && e.arguments.size() == 2;
}

void rename(Expression& e, const std::vector<std::pair<std::string, std::string>>& names) {
  if (e.is(Kind::symbol)) {
    for (const auto& [from, to] : names) {
      if (e.name == from) {
        e.name = to;
        return;
      }
    }
  }
  for (Expression& part : e.arguments) rename(part, names);
}

bool has_imaginary_unit(const Expression& e) {
  if (e.is(Kind::constant)) return e.name == "i";
  return std::any_of(e.arguments.begin(), e.arguments.end(), has_imaginary_unit);
}

// A letter i that no sum or integral binds becomes the imaginary unit.
void read_i_as_unit(Expression& e) {
  if (e.is(Kind::symbol) && e.name == "i") e = constant("i");
  const bool binds = e.is_function("sum") || e.is_function("product") || e.is_function("integral") ||
                     e.is_function("limit") || e.is_function("derivative");
  if (binds && e[1].name == "i") return;
  for (Expression& part : e.arguments) read_i_as_unit(part);
}

}  // namespace

bool is_set(const Expression& e) {
  switch (e.kind) {
    case Kind::finite_set:
    case Kind::interval:
    case Kind::unite:
    case Kind::intersect:
    case Kind::subtract:
    case Kind::named_set:
      return true;
    default:
      return false;
  }
}

bool is_relation(const Expression& e) {
  return e.is(Kind::relation) || e.is(Kind::chain);
}

bool is_equation(const Expression& e) {
  if (e.is(Kind::relation)) return e.name == "=";
  if (!e.is(Kind::chain)) return false;
  return std::all_of(e.arguments.begin(), e.arguments.end(), [](const Expression& r) { return r.name == "="; });
}

bool is_assignment(const Expression& e) {
  return is_equation(e) && is_only_symbols(first_relation(e)[0]);
}

bool Comparer::same_symbols(const Expression& gold, const Expression& prediction) {
  const auto is_e = [](const Expression& e) { return e.is(Kind::constant) && e.name == "e"; };
  if ((gold.is(Kind::symbol) && gold.name == "e" && is_e(prediction)) ||
      (prediction.is(Kind::symbol) && prediction.name == "e" && is_e(gold))) {
    how = "as symbols";
    return true;
  }
  const auto named = [](const Expression& e, const Expression& value) {  // \text{8} is 8
    return e.is(Kind::symbol) && value.is(Kind::number) && !value.decimal && e.name == value.value.text();
  };
  if (named(gold, prediction) || named(prediction, gold)) {
    how = "as text";
    return true;
  }
  const auto a = spelled(gold);
  const auto b = spelled(prediction);
  if (!a || !b || *a != *b) return false;
  how = "as text";
  return true;
}

bool Comparer::same(const Expression& gold_given, const Expression& prediction_given) {
  if (budget.spent()) return false;
  // {x + y = 3} is the equation: braces say no more about a single one.
  if (is_relation(gold_given) && of_one_relation(prediction_given)) return same(gold_given, prediction_given[0]);
  if (is_relation(prediction_given) && of_one_relation(gold_given)) return same(gold_given[0], prediction_given);
  Expression gold = is_assignment(gold_given) ? shortened(gold_given) : gold_given;
  Expression prediction = is_assignment(prediction_given) ? shortened(prediction_given) : prediction_given;
  if (is_equation(prediction) && !is_equation(gold)) {
    prediction = Expression(last_relation(prediction)[1]);
  } else if (is_assignment(gold) && !is_equation(prediction)) {
    gold = Expression(last_relation(gold)[1]);
  }
  if (gold.is(Kind::undefined)) return false;
  if (gold == prediction) {
    how = "as written";
    return true;
  }
  if (is_relation(gold) && is_set(prediction) && holds_exactly_on(gold, assigned_values(prediction), budget)) {
    how = "as an inequality and its set";
    return true;
  }
  if (options.allow_set_relation_comp && is_set(gold) && is_relation(prediction)) {
    how = "as a set and its inequality";
    return holds_exactly_on(prediction, gold, budget);
  }
  if (is_relation(gold) && is_relation(prediction)) return same_relations(gold, prediction);
  if (is_relation(gold) || is_relation(prediction)) return false;
  if (is_set(gold) || is_set(prediction) || gold.is(Kind::tuple) || prediction.is(Kind::tuple)) {
    return same_sets(gold, prediction);
  }
  if (has_matrix(gold) || has_matrix(prediction)) {
    if (same_matrices(gold, prediction)) return true;
    if (gold.is(Kind::matrix) || prediction.is(Kind::matrix)) return false;
  }
  if (gold.is(Kind::symbol) || prediction.is(Kind::symbol)) {
    if (same_symbols(gold, prediction)) return true;
    if (gold.is(Kind::symbol) && prediction.is(Kind::symbol)) return false;
  }
  if (indefinite(gold) != indefinite(prediction)) {
    if (integral_is(indefinite(gold) ? gold : prediction, indefinite(gold) ? prediction : gold)) return true;
  }
  return same_numbers(gold, prediction);
}

// An integral without bounds is whatever its integrand is the derivative of: x^2/2 as well as x^2/2 + C.
bool Comparer::integral_is(const Expression& integral, const Expression& other) {
  const std::string& variable = integral[1].name;
  if (!free_symbols(other).contains(variable)) return false;
  if (!same_numbers(integral[0], node(Kind::function, {other, integral[1]}, "derivative"))) return false;
  how = "as an integral";
  return true;
}

Comparison compare_answers(const Expression& gold, const Expression& prediction, const CompareOptions& options,
                           Budget& budget) {
  Comparer comparer{options, budget};
  bool equal = comparer.same(gold, prediction);
  if (!equal && !options.strict) {  // the same but for the names of its variables
    const std::set<std::string> from_set = free_symbols(prediction);
    const std::set<std::string> to_set = free_symbols(gold);
    if (from_set.size() == to_set.size() && from_set.size() <= 4) {
      const std::vector<std::string> from(from_set.begin(), from_set.end());
      std::vector<std::string> to(to_set.begin(), to_set.end());
      do {
        std::vector<std::pair<std::string, std::string>> names;
        for (size_t i = 0; i < from.size(); ++i) names.emplace_back(from[i], to[i]);
        Expression renamed = prediction;
        rename(renamed, names);
        equal = comparer.same(gold, renamed);
      } while (!equal && std::next_permutation(to.begin(), to.end()));
      if (equal) comparer.how = "but for the names of variables";
    }
  }
  // The small i is a letter, the large one the imaginary unit; compared with that, in a formula, the letter is the
  // unit.
  const bool single = gold.arguments.empty() || prediction.arguments.empty();
  if (!equal && !single && has_imaginary_unit(gold) != has_imaginary_unit(prediction)) {
    Expression a = gold, b = prediction;
    Expression& letters = has_imaginary_unit(gold) ? b : a;
    if (free_symbols(letters).contains("i")) {
      read_i_as_unit(letters);
      equal = comparer.same(a, b);
    }
  }
  if (equal) return {true, fmt::format("equal {}: {} and {}", comparer.how, shown(gold), shown(prediction))};
  if (budget.spent()) {
    return {false, fmt::format("refused: comparing {} and {} takes too long", shown(gold), shown(prediction))};
  }
  return {false, fmt::format("different: {} and {}", shown(gold), shown(prediction))};
}

}  // namespace millet::tasks::math
