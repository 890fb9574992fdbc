// The kinds of comparison, each in its file. All take the gold answer first.
#pragma once

#include "millet/tasks/math/compare.h"

namespace millet::tasks::math {

struct Comparer {
  const CompareOptions& options;
  Budget& budget;
  const char* how = "";  // what decided, for the reason

  bool same(const Expression& gold, const Expression& prediction);          // compare.cc
  bool same_numbers(const Expression& gold, const Expression& prediction);  // compare_numbers.cc: numbers and formulas
  bool same_matrices(const Expression& gold, const Expression& prediction);
  bool same_sets(const Expression& gold, const Expression& prediction);       // compare_sets.cc
  bool same_relations(const Expression& gold, const Expression& prediction);  // compare_relations.cc
  bool same_symbols(const Expression& gold, const Expression& prediction);    // compare.cc

 private:
  bool integral_is(const Expression& integral, const Expression& other);  // compare.cc
  bool same_lists(const Expression& gold, const Expression& prediction);
  bool proportional(const Expression& gold, const Expression& prediction, bool flipped, bool sign_counts);
};

bool is_set(const Expression& e);
bool is_relation(const Expression& e);    // or a chain of them
bool is_assignment(const Expression& e);  // x = …, f(x) = … = …
bool is_equation(const Expression& e);

// Whether an inequality in one unknown holds exactly on this set of real numbers, looked at wherever either may change.
bool holds_exactly_on(const Expression& relation, const Expression& set, Budget& budget);

// Whether two equations in the same two or more unknowns are solved by the same real numbers: solutions.cc
bool same_solutions(const Expression& gold, const Expression& prediction, Budget& budget);

}  // namespace millet::tasks::math
