// When two answers are the same: as numbers, formulas, sets, intervals, tuples, matrices, equations, inequalities.
// The rules are those of Math-Verify 0.9.0; how they are decided is ours (docs/verify_math.md).
#pragma once

#include <string>

#include "millet/tasks/math/evaluate.h"
#include "millet/tasks/math/expression.h"

namespace millet::tasks::math {

struct CompareOptions {
  int precision = 6;   // decimals, where one of the two is written with a point
  bool strict = true;  // names of variables count
  // "-2 < x < 7" for a gold "(-2, 7)". The other way round, a set for a gold inequality, is always right.
  bool allow_set_relation_comp = false;
};

struct Comparison {
  bool equal = false;
  std::string reason;  // "equal as numbers: 1/2 and 0.5"
};

// Not symmetric: what `gold` is decides whether "x = 5" and "5" are the same.
Comparison compare_answers(const Expression& gold, const Expression& prediction, const CompareOptions& options,
                           Budget& budget);

}  // namespace millet::tasks::math
