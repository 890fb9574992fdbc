// Sums, products, signs, factors side by side, powers.
#include <algorithm>
#include <utility>

#include "millet/tasks/math/latex_grammar.h"
#include "millet/tasks/math/latex_parser.h"

namespace millet::tasks::math {

LatexGrammar::Maybe LatexGrammar::expression(size_t& at) {
  const Result& result = remembered(Rule::expression, at, [&](Result& out) {
    if (depth_ >= kMaxDepth) return;
    ++depth_;
    out.value = read_expression(out.end);
    --depth_;
  });
  if (result.value) at = result.end;
  return result.value;
}

LatexGrammar::Maybe LatexGrammar::read_expression(size_t& at) {
  Maybe left = factors(at, true);
  while (left && (token(at) == Token::plus || token(at) == Token::minus)) {
    size_t next = at + 1;
    Maybe right = factors(next, true);
    if (!right) break;
    left = sum_of(std::move(*left), token(at) == Token::minus ? negative(std::move(*right)) : std::move(*right));
    at = next;
  }
  return left;
}

LatexGrammar::Maybe LatexGrammar::factors(size_t& at, bool functions) {
  const Result& result = remembered(functions ? Rule::factors : Rule::factors_bare, at,
                                    [&](Result& out) { out.value = read_factors(out.end, functions); });
  if (result.value) at = result.end;
  return result.value;
}

LatexGrammar::Maybe LatexGrammar::read_factors(size_t& at, bool functions) {
  Maybe left = signed_factor(at, functions);
  for (;;) {
    const Token operation = token(at);
    if (!left || (operation != Token::times && operation != Token::divide && operation != Token::colon &&
                  operation != Token::modulo)) {
      return left;
    }
    size_t next = at + 1;
    Maybe right = signed_factor(next, functions);
    if (!right) return left;
    if (operation == Token::times) {
      left = product_of(std::move(*left), std::move(*right));
    } else if (operation == Token::modulo) {
      if (right->is(Kind::matrix)) return std::nullopt;
      std::vector<Expression> pair;
      pair.push_back(std::move(*left));
      pair.push_back(std::move(*right));
      left = node(Kind::function, std::move(pair), "mod");
    } else {
      left = quotient_of(std::move(*left), std::move(*right));
    }
    at = next;
  }
}

LatexGrammar::Maybe LatexGrammar::signed_factor(size_t& at, bool functions) {
  size_t here = at;
  bool minus = false;
  while (token(here) == Token::plus || token(here) == Token::minus) minus ^= token(here++) == Token::minus;
  Maybe value = juxtaposed(here, functions);
  if (!value) return std::nullopt;
  at = here;
  return minus ? negative(std::move(*value)) : value;
}

// Factors side by side. 2 \frac{1}{2} is the mixed number 5/2; \frac{d}{dx} takes all that follows.
LatexGrammar::Maybe LatexGrammar::juxtaposed(size_t& at, bool functions) {
  std::vector<Expression> parts;
  std::vector<size_t> begins;
  size_t here = at;
  for (bool first = true;; first = false) {
    const size_t begin = here;
    Maybe next = postfixed(here, functions || first);
    if (!next) break;
    parts.push_back(std::move(*next));
    begins.push_back(begin);
  }
  if (parts.empty()) return std::nullopt;
  if (parts.size() == 2 && token(begins[0]) == Token::number && token(begins[1]) == Token::frac &&
      parts[0].is(Kind::number) && !parts[0].decimal && parts[1].is(Kind::number) && !parts[1].value.is_negative()) {
    if (auto mixed = add(parts[0].value, parts[1].value)) {
      at = here;
      return number(*mixed);
    }
  }
  std::vector<Expression> behind;  // from the right
  const auto product = [&] {
    std::reverse(behind.begin(), behind.end());
    return product_of_all(std::move(behind));
  };
  for (size_t i = parts.size(); i-- > 0;) {
    if (!parts[i].is_function("differentiate")) {
      behind.push_back(std::move(parts[i]));
      continue;
    }
    if (behind.empty()) return std::nullopt;
    parts[i].name = "derivative";
    parts[i].arguments.insert(parts[i].arguments.begin(), product());
    behind.clear();
    behind.push_back(std::move(parts[i]));
  }
  at = here;
  return product();
}

// Powers first, then what stands behind: x^2!, x^T. Degrees are passed over.
LatexGrammar::Maybe LatexGrammar::postfixed(size_t& at, bool functions) {
  Maybe value = part(at, functions);
  if (!value) return std::nullopt;
  while (token(at) == Token::caret) {
    size_t here = at + 1;
    Maybe power = exponent(here);
    if (!power || value->is_function("differentiate")) break;
    std::string ignored;
    subscript(here, ignored);
    std::vector<Expression> pair;
    pair.push_back(std::move(*value));
    pair.push_back(std::move(*power));
    value = node(Kind::power, std::move(pair));
    at = here;
  }
  for (;; ++at) {
    if (token(at) == Token::bang) {
      std::vector<Expression> of;
      of.push_back(std::move(*value));
      value = node(Kind::function, std::move(of), "factorial");
    } else if (token(at) == Token::transpose) {
      if (value->is(Kind::matrix)) {
        Expression turned = *value;
        const size_t rows = value->arguments.size() / value->columns;
        for (size_t r = 0; r < rows; ++r) {
          for (size_t c = 0; c < value->columns; ++c) turned.arguments[c * rows + r] = (*value)[r * value->columns + c];
        }
        turned.columns = rows;
        value = std::move(turned);
      }
    } else if (token(at) != Token::degree) {
      return value;
    }
  }
}

// Above or below an integral, a sum or a function, where a letter takes no subscript or power of its own.
LatexGrammar::Maybe LatexGrammar::bound(size_t& at) {
  if (token(at) == Token::letter && (token(at + 1) == Token::caret || token(at + 1) == Token::underscore)) {
    return symbol(lexemes_[at++].text);
  }
  return exponent(at);
}

// Behind ^: one atom, or an expression in braces.
LatexGrammar::Maybe LatexGrammar::exponent(size_t& at) {
  if (Maybe single = atom(at)) return single;
  return braced(at);
}

}  // namespace millet::tasks::math
