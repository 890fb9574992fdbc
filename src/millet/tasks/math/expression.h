// What an answer means: a tree. Nothing in it is computed but fractions of two integers, mixed numbers and signs of
// numbers, so that a tree is as large as the text it was read from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millet/tasks/math/rational.h"

namespace millet::tasks::math {

enum class Kind : uint8_t {
  number,     // value; `decimal`: written with a point, so it is rounded where it is compared
  symbol,     // name
  constant,   // name: pi, e, i, infinity, euler
  undefined,  // a division by zero
  add,
  multiply,
  power,       // base, exponent
  percent,     // of its one argument
  function,    // name: sin, log (argument, base), abs, floor, factorial, sum (body, variable, from, to) …
  applied,     // name: one that nobody knows, as f in f(x)
  matrix,      // columns; arguments row by row
  tuple,       // in order
  finite_set,  // as written, repetitions left out
  interval,    // from, to; left_open, right_open
  unite,       // sets
  intersect,   // sets
  subtract,    // a set without another
  named_set,   // name: naturals, integers, rationals, reals, complexes, empty
  relation,    // name: = != < <= > >=; left, right
  chain,       // relations that all hold: a < b = c
};

struct Expression {
  Kind kind = Kind::undefined;
  std::string name;
  Rational value;
  bool decimal = false;
  bool left_open = false, right_open = false;
  size_t columns = 0;
  std::vector<Expression> arguments;

  bool operator==(const Expression&) const = default;
  bool is(Kind k) const { return kind == k; }
  bool is_function(std::string_view n) const { return kind == Kind::function && name == n; }
  const Expression& operator[](size_t i) const { return arguments[i]; }
};

Expression number(Rational value, bool decimal = false);
Expression symbol(std::string name);
Expression constant(std::string name);
Expression node(Kind kind, std::vector<Expression> arguments, std::string name = {});
Expression negative(Expression of);
Expression sum_of(Expression a, Expression b);
Expression product_of(Expression a, Expression b);
Expression product_of_all(std::vector<Expression> factors);
Expression quotient_of(Expression a, Expression b);  // two integers become a fraction

// As a person would write it in one line, for reasons: at most about 80 characters.
std::string shown(const Expression& expression);

}  // namespace millet::tasks::math
