// Functions, known and unknown, roots, sums, products, integrals, limits.
#include <array>
#include <string_view>
#include <utility>

#include "millet/tasks/math/latex_grammar.h"
#include "millet/tasks/math/latex_parser.h"

namespace millet::tasks::math {

namespace {

Expression power_of(Expression base, Expression exponent) {
  std::vector<Expression> pair;
  pair.push_back(std::move(base));
  pair.push_back(std::move(exponent));
  return node(Kind::power, std::move(pair));
}

// arcsin, arsinh, arcsinh: asin, asinh.
std::string short_name(std::string_view name) {
  static constexpr std::string_view kInverse[] = {"arcsin",  "arccos",  "arctan",  "arccsc", "arcsec", "arccot",
                                                  "arcsinh", "arccosh", "arctanh", "arsinh", "arcosh", "artanh"};
  for (const std::string_view inverse : kInverse) {
    if (name != inverse) continue;
    const bool short_prefix = name == "arsinh" || name == "arcosh" || name == "artanh";
    return "a" + std::string(name.substr(short_prefix ? 2 : 3));
  }
  if (name == "ceil") return "ceiling";
  if (name == "tr" || name == "trace") return "trace";
  return std::string(name);
}

bool turns_round(std::string_view name) {  // where ^{-1} means the inverse
  static constexpr std::array<std::string_view, 9> kNames = {"sin", "cos",  "tan",  "csc", "sec",
                                                             "cot", "sinh", "cosh", "tanh"};
  for (const std::string_view known : kNames) {
    if (name == known) return true;
  }
  return false;
}

bool is_minus_one(const Expression& e) {
  return e.is(Kind::number) && e.value == Rational(-1);
}

bool is_single_operator(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "arsinh", "arcosh", "artanh",      "arcsinh",   "arccosh",     "arctanh",    "floor",
      "ceil",   "rank",   "trace",       "tr",        "norm",        "rref",       "nullspace",
      "eig",    "eigen",  "diagonalize", "eigenvals", "eigenvalues", "eigenvects", "eigenvectors",
      "svd",    "SVD",    "cols",        "rows",      "eye"};
  for (const std::string_view known : kNames) {
    if (name == known) return true;
  }
  return false;
}

}  // namespace

LatexGrammar::Maybe LatexGrammar::function(size_t& at) {
  switch (token(at)) {
    case Token::function:
    case Token::gamma:
      return known_function(at);
    case Token::multi:
      return of_several(at);
    case Token::operator_of: {
      if (Maybe value = known_function(at)) return value;
      return of_several(at);
    }
    case Token::letter:
    case Token::command_symbol:
    case Token::accent:
      return application(at);
    case Token::sqrt:
      return root(at);
    case Token::sum:
    case Token::product:
      return over_range(at);
    case Token::integral:
      return integral(at);
    case Token::limit:
      return limit(at);
    case Token::letter_e: {
      size_t here = at + 1;
      at = here;
      if (!take(Token::caret, here)) return constant("e");
      Maybe power = exponent(here);
      if (!power) return constant("e");
      at = here;
      return power_of(constant("e"), std::move(*power));
    }
    default:
      return std::nullopt;
  }
}

// f(x), f^2(x), f(x, y): a name before one atom in parentheses, or before a list.
LatexGrammar::Maybe LatexGrammar::application(size_t& at) {
  size_t here = at;
  if (!named(here, false)) return std::nullopt;
  const std::string name = source(at, here);
  Maybe above;
  if (token(here) == Token::caret) {
    size_t next = here + 1;
    above = exponent(next);
    if (!above) return std::nullopt;
    here = next;
  }
  const bool in_brace = token(here) == Token::left_brace;
  if (in_brace) ++here;
  const Token open = token(here++);
  if (open != Token::left_paren && open != Token::left_bracket) return std::nullopt;
  const Token close = open == Token::left_paren ? Token::right_paren : Token::right_bracket;
  std::vector<Expression> arguments;
  size_t next = here;
  if (Maybe single = atom(next); single && token(next) == close) {
    arguments.push_back(std::move(*single));
    here = next;
  } else {
    for (bool more = true; more;) {
      Maybe argument = expression(here);
      if (!argument) return std::nullopt;
      arguments.push_back(std::move(*argument));
      more = take(Token::comma, here);
      if (arguments.size() == 1 && !more) return std::nullopt;
      if (more && token(here) == close) break;
    }
  }
  if (!take(close, here) || (in_brace && !take(Token::right_brace, here))) return std::nullopt;
  at = here;
  Expression out = node(Kind::applied, std::move(arguments), name);
  return above ? power_of(std::move(out), std::move(*above)) : out;
}

LatexGrammar::Maybe LatexGrammar::known_function(size_t& at) {
  size_t here = at;
  std::string name = lexemes_[here].text;
  if (take(Token::operator_of, here)) {
    if (!take(Token::left_brace, here)) return std::nullopt;
    const size_t begin = here;
    while (token(here) != Token::right_brace && token(here) != Token::end) ++here;
    name = source(begin, here);
    if (!take(Token::right_brace, here) || !is_single_operator(name)) return std::nullopt;
  } else {
    ++here;
  }
  Maybe base, above;
  for (int i = 0; i < 2; ++i) {
    if (token(here) == Token::underscore && !base) {
      size_t next = here + 1;
      base = bound(next);
      if (!base) return std::nullopt;
      here = next;
    } else if (token(here) == Token::caret && !above) {
      size_t next = here + 1;
      above = bound(next);
      if (!above) return std::nullopt;
      here = next;
    }
  }
  size_t next = here;
  Maybe argument = between(Token::left_paren, Token::right_paren, next);
  if (!argument) {
    next = here;
    argument = factors(next, false);
  }
  if (!argument) return std::nullopt;
  std::string known = short_name(name);
  if (known == "Gamma") known = "gamma";
  if (argument->is(Kind::matrix)) {
    static constexpr std::array<std::string_view, 7> kOfMatrices = {"det",  "trace", "rank",   "norm",
                                                                    "rref", "floor", "ceiling"};
    bool fits = false;
    for (const std::string_view fitting : kOfMatrices) fits = fits || known == fitting;
    if (!fits) return std::nullopt;
  } else if (known == "det" || known == "trace" || known == "rank" || known == "norm") {
    return std::nullopt;
  }
  at = next;
  std::vector<Expression> arguments;
  arguments.push_back(std::move(*argument));
  if (known == "log" || known == "ln") {
    arguments.push_back(base ? std::move(*base) : known == "ln" ? constant("e") : number(Rational(10)));
    known = "log";
  }
  if (known == "exp") {
    Expression out = power_of(constant("e"), std::move(arguments[0]));
    return above ? power_of(std::move(out), std::move(*above)) : out;
  }
  if (above && is_minus_one(*above) && turns_round(known)) {
    known = "a" + known;
    above.reset();
  }
  Expression out = node(Kind::function, std::move(arguments), known);
  return above ? power_of(std::move(out), std::move(*above)) : out;
}

LatexGrammar::Maybe LatexGrammar::of_several(size_t& at) {
  size_t here = at;
  std::string name = lexemes_[here].text;
  if (take(Token::operator_of, here)) {
    if (!take(Token::left_brace, here)) return std::nullopt;
    const size_t begin = here;
    while (token(here) != Token::right_brace && token(here) != Token::end) ++here;
    name = source(begin, here);
    if (!take(Token::right_brace, here) || (name != "gcd" && name != "lcm")) return std::nullopt;
  } else {
    ++here;
  }
  Maybe above;
  if (token(here) == Token::caret) {
    size_t next = here + 1;
    above = exponent(next);
    if (!above) return std::nullopt;
    here = next;
  }
  if (!take(Token::left_paren, here)) return std::nullopt;
  std::vector<Expression> arguments;
  do {
    Maybe argument = expression(here);
    if (!argument) return std::nullopt;
    arguments.push_back(std::move(*argument));
  } while (take(Token::comma, here));
  if (!take(Token::right_paren, here)) return std::nullopt;
  at = here;
  Expression out = node(Kind::function, std::move(arguments), name);
  return above ? power_of(std::move(out), std::move(*above)) : out;
}

LatexGrammar::Maybe LatexGrammar::root(size_t& at) {
  size_t here = at + 1;
  Maybe degree;
  if (token(here) == Token::left_bracket) {
    degree = between(Token::left_bracket, Token::right_bracket, here);
    if (!degree) return std::nullopt;
  }
  Maybe base = braced(here);
  if (!base) return std::nullopt;
  at = here;
  if (!degree) return power_of(std::move(*base), number(*Rational::make(Integer(1), Integer(2))));
  return power_of(std::move(*base), quotient_of(number(Rational(1)), std::move(*degree)));
}

// \sum_{k=1}^{n} and \prod, the parts below and above in either order.
LatexGrammar::Maybe LatexGrammar::over_range(size_t& at) {
  size_t here = at + 1;
  Maybe variable, from, to;
  for (int i = 0; i < 2; ++i) {
    if (take(Token::underscore, here)) {
      if (variable || !take(Token::left_brace, here)) return std::nullopt;
      variable = expression(here);
      if (!variable || (!take(Token::assign, here) && !take(Token::equal, here))) return std::nullopt;
      from = expression(here);
      if (!from || !take(Token::right_brace, here)) return std::nullopt;
    } else if (take(Token::caret, here)) {
      if (to) return std::nullopt;
      to = bound(here);
      if (!to) return std::nullopt;
    }
  }
  if (!variable || !to || !variable->is(Kind::symbol)) return std::nullopt;
  Maybe body = factors(here, true);
  if (!body) return std::nullopt;
  const char* name = token(at) == Token::sum ? "sum" : "product";
  at = here;
  std::vector<Expression> arguments;
  for (Maybe* part : {&body, &variable, &from, &to}) arguments.push_back(std::move(**part));
  return node(Kind::function, std::move(arguments), name);
}

LatexGrammar::Maybe LatexGrammar::integral(size_t& at) {
  size_t here = at + 1;
  Maybe from, to;
  for (int i = 0; i < 2; ++i) {
    const Token side = token(here);
    if (side != Token::underscore && side != Token::caret) break;
    ++here;
    if (token(here) == Token::left_brace && token(here + 1) == Token::right_brace) {
      here += 2;
      continue;
    }
    Maybe& end = side == Token::underscore ? from : to;
    if (end) return std::nullopt;
    end = bound(here);
    if (!end) return std::nullopt;
  }
  if (from.has_value() != to.has_value()) return std::nullopt;
  size_t next = here;
  ++in_integral_;
  Maybe body = expression(next);
  --in_integral_;
  std::string variable = "x";
  if (token(next) == Token::differential) {
    variable = lexemes_[next++].text;
    if (!body) body = number(Rational(1));
  } else {  // \int \frac{dx}{x}
    next = here;
    body = expression(next);
    if (!body) return std::nullopt;
    for (size_t i = here; i < next; ++i) {
      if (token(i) == Token::differential) variable = lexemes_[i].text;
    }
  }
  at = next;
  std::vector<Expression> arguments;
  arguments.push_back(std::move(*body));
  arguments.push_back(symbol(variable));
  if (from) {
    arguments.push_back(std::move(*from));
    arguments.push_back(std::move(*to));
  }
  return node(Kind::function, std::move(arguments), "integral");
}

// \lim_{x \to 3^{+}} f, \lim_{x \to 3^+} f; from above unless it says otherwise.
LatexGrammar::Maybe LatexGrammar::limit(size_t& at) {
  size_t here = at + 1;
  if (!take(Token::underscore, here) || !take(Token::left_brace, here)) return std::nullopt;
  if (token(here) != Token::letter && token(here) != Token::command_symbol) return std::nullopt;
  Maybe variable = named(here, false);
  if (!variable || !take(Token::approach, here)) return std::nullopt;
  Maybe to = expression(here);
  if (!to) return std::nullopt;
  bool below = false;
  if (token(here) == Token::caret) {
    const size_t braces = token(here + 1) == Token::left_brace ? 1 : 0;
    const Token side = token(here + 1 + braces);
    if (side != Token::plus && side != Token::minus) return std::nullopt;
    below = side == Token::minus;
    here += 2 + braces;
    if (braces != 0 && !take(Token::right_brace, here)) return std::nullopt;
  }
  if (!take(Token::right_brace, here)) return std::nullopt;
  Maybe body = factors(here, true);
  if (!body) return std::nullopt;
  at = here;
  std::vector<Expression> arguments;
  arguments.push_back(std::move(*body));
  arguments.push_back(std::move(*variable));
  arguments.push_back(std::move(*to));
  arguments.push_back(number(Rational(below ? -1 : 1)));
  return node(Kind::function, std::move(arguments), "limit");
}

}  // namespace millet::tasks::math
