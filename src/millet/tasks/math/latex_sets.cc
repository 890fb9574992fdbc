// Elements, relations, sets and intervals.
#include <algorithm>
#include <utility>

#include "millet/tasks/math/evaluate.h"
#include "millet/tasks/math/latex_grammar.h"
#include "millet/tasks/math/latex_parser.h"

namespace millet::tasks::math {

namespace {

bool ends_element(Token token) {
  switch (token) {
    case Token::end:
    case Token::comma:
    case Token::semicolon:
    case Token::right_paren:
    case Token::right_brace:
    case Token::right_curly:
    case Token::right_bracket:
    case Token::right_visual:
      return true;
    default:
      return false;
  }
}

const char* relation_name(Token token) {
  switch (token) {
    case Token::assign:
    case Token::equal:
      return "=";
    case Token::less:
      return "<";
    case Token::less_equal:
      return "<=";
    case Token::greater:
      return ">";
    case Token::greater_equal:
      return ">=";
    case Token::unequal:
      return "!=";
    default:
      return nullptr;
  }
}

Expression related(const char* name, Expression left, Expression right) {
  std::vector<Expression> sides;
  sides.push_back(std::move(left));
  sides.push_back(std::move(right));
  return node(Kind::relation, std::move(sides), name);
}

std::vector<Expression> flat(LatexGrammar::Lists lists) {
  std::vector<Expression> out;
  for (auto& list : lists) {
    for (Expression& e : list) out.push_back(std::move(e));
  }
  return out;
}

Expression joined(Kind kind, Expression a, Expression b) {
  const auto as_set = [](Expression e) {
    if (e.is(Kind::tuple)) return finite_set(std::move(e.arguments));
    return e;
  };
  std::vector<Expression> pair;
  pair.push_back(as_set(std::move(a)));
  pair.push_back(as_set(std::move(b)));
  return node(kind, std::move(pair));
}

}  // namespace

Expression finite_set(std::vector<Expression> elements) {
  std::vector<Expression> kept;
  for (Expression& e : elements) {
    if (std::find(kept.begin(), kept.end(), e) == kept.end()) kept.push_back(std::move(e));
  }
  return node(Kind::finite_set, std::move(kept));
}

std::optional<LatexGrammar::Lists> LatexGrammar::lists(size_t& at, bool relations) {
  Lists out(1);
  for (size_t here = at;;) {
    Elements elements = element(here, relations);
    if (!elements) return std::nullopt;
    for (Expression& e : *elements) out.back().push_back(std::move(e));
    if (take(Token::semicolon, here)) {
      out.emplace_back();
    } else if (!take(Token::comma, here)) {
      at = here;
      return out;
    }
  }
}

LatexGrammar::Elements LatexGrammar::element(size_t& at, bool relations) {
  const Result& result = remembered(relations ? Rule::element : Rule::element_bare, at, [&](Result& out) {
    if (depth_ >= kMaxDepth) return;
    ++depth_;
    if (Elements read = read_element(out.end, relations)) {
      out.several = std::move(*read);
    } else {
      out.end = at;
    }
    --depth_;
  });
  if (result.several.empty()) return std::nullopt;
  at = result.end;
  return result.several;
}

LatexGrammar::Elements LatexGrammar::read_element(size_t& at, bool relations) {
  std::vector<Expression> out;
  size_t here = at;
  Maybe left;
  if (token(here) != Token::plus_minus) left = expression(here);
  if (take(Token::plus_minus, here)) {
    if (Maybe right = expression(here)) {
      at = here;
      out.push_back(left ? sum_of(*left, *right) : negative(*right));
      out.push_back(left ? sum_of(*left, negative(*right)) : *right);
      return out;
    }
  }
  here = at;
  if (Maybe set = set_atom(here); set && ends_element(token(here))) {
    at = here;
    out.push_back(std::move(*set));
    return out;
  }
  here = at;
  Maybe value = relations ? relation(here) : expression(here);
  if (!value) return std::nullopt;
  at = here;
  out.push_back(std::move(*value));
  return out;
}

LatexGrammar::Maybe LatexGrammar::relation(size_t& at) {
  size_t here = at;
  Maybe left = expression(here);
  if (!left) return std::nullopt;
  for (;;) {
    size_t next = here;
    const Token operation = token(next++);
    const char* name = relation_name(operation);
    if (name == nullptr && operation != Token::approximate) break;
    Maybe right = expression(next);
    if (!right) break;
    here = next;
    if (name == nullptr) {  // x ≈ 3 is 3; 1/3 ≈ 0.33 is 1/3
      if (is_only_symbols(*left)) left = std::move(right);
    } else if (left->is(Kind::chain)) {
      Expression last = left->arguments.back()[1];
      left->arguments.push_back(related(name, std::move(last), std::move(*right)));
    } else if (left->is(Kind::relation)) {
      std::vector<Expression> both;
      both.push_back(*left);
      both.push_back(related(name, left->arguments[1], std::move(*right)));
      left = node(Kind::chain, std::move(both));
    } else {
      left = related(name, std::move(*left), std::move(*right));
    }
  }
  at = here;
  return left;
}

LatexGrammar::Maybe LatexGrammar::set_atom(size_t& at) {
  const Result& result = remembered(Rule::set_atom, at, [&](Result& out) {
    if (depth_ >= kMaxDepth) return;
    ++depth_;
    out.value = read_set_atom(out.end);
    --depth_;
  });
  if (result.value) at = result.end;
  return result.value;
}

LatexGrammar::Maybe LatexGrammar::read_set_atom(size_t& at) {
  if (Maybe found = interval(at)) return found;
  if (token(at) == Token::named_set) {
    return node(Kind::named_set, {}, lexemes_[at++].text);
  }
  if (token(at) == Token::left_brace && token(at + 1) == Token::right_brace) {
    at += 2;
    return node(Kind::named_set, {}, "empty");
  }
  return bracketed(at);
}

// [a, b) and its kin. What is no interval, as (3, 2), is a pair.
LatexGrammar::Maybe LatexGrammar::interval(size_t& at) {
  const Token open = token(at);
  const bool left_open = open == Token::left_paren || open == Token::left_group || open == Token::left_visual;
  if (!left_open && open != Token::left_bracket) return std::nullopt;
  size_t here = at + 1;
  Maybe from = expression(here);
  if (!from || !take(Token::comma, here)) return std::nullopt;
  Maybe to = expression(here);
  if (!to) return std::nullopt;
  const Token close = token(here);
  const bool right_open = close == Token::right_paren || close == Token::right_group || close == Token::right_visual;
  if (!right_open && close != Token::right_bracket) return std::nullopt;
  at = here + 1;
  const std::optional<int> order = order_of(*from, *to);
  std::vector<Expression> ends;
  ends.push_back(std::move(*from));
  ends.push_back(std::move(*to));
  if (order && ((left_open && right_open && *order >= 0) || (!left_open && !right_open && *order > 0))) {
    return node(Kind::tuple, std::move(ends));
  }
  if (order && (*order > 0 || (*order == 0 && (left_open || right_open)))) return node(Kind::named_set, {}, "empty");
  if (order && *order == 0) {
    ends.pop_back();
    return finite_set(std::move(ends));
  }
  Expression out = node(Kind::interval, std::move(ends));
  out.left_open = left_open || is_infinite(out[0]);
  out.right_open = right_open || is_infinite(out[1]);
  return out;
}

// (a, b, c) and [a, b, c] in order, {a, b} as a set; one element in parentheses is that element.
LatexGrammar::Maybe LatexGrammar::bracketed(size_t& at) {
  size_t here = at;
  Token close = Token::end;
  bool set = false;
  const bool boxed = token(here) == Token::boxed;
  if (boxed) ++here;
  switch (token(here++)) {
    case Token::left_paren:
      close = Token::right_paren;
      break;
    case Token::left_visual:
      close = Token::right_visual;
      break;
    case Token::left_bracket:
      close = Token::right_bracket;
      break;
    case Token::left_brace:
      close = Token::right_brace;
      set = true;
      break;
    case Token::left_curly:
      close = Token::right_curly;
      set = true;
      break;
    default:
      return std::nullopt;
  }
  if (boxed && close != Token::right_brace) return std::nullopt;
  auto contents = lists(here, true);
  if (!contents || !take(close, here)) return std::nullopt;
  at = here;
  std::vector<Expression> all = flat(std::move(*contents));
  if (all.size() == 1 && (!set || boxed)) return std::move(all[0]);
  return set ? finite_set(std::move(all)) : node(Kind::tuple, std::move(all));
}

LatexGrammar::Maybe LatexGrammar::set_relation(size_t& at) {
  size_t here = at;
  if (Maybe left = names(here)) {
    const Token operation = token(here);
    if (operation == Token::member || operation == Token::assign || operation == Token::not_member) {
      ++here;
      if (Maybe right = set_relation(here)) {
        at = here;
        return related(operation == Token::not_member ? "!=" : "=", std::move(*left), std::move(*right));
      }
    }
  }
  here = at;
  Maybe left = difference(here);
  if (!left) return std::nullopt;
  while (token(here) == Token::subset || token(here) == Token::superset) {
    const char* name = token(here++) == Token::subset ? "subset" : "superset";
    Maybe right = difference(here);
    if (!right) return std::nullopt;
    std::vector<Expression> sides;
    sides.push_back(std::move(*left));
    sides.push_back(std::move(*right));
    left = node(Kind::applied, std::move(sides), name);
  }
  at = here;
  return left;
}

LatexGrammar::Maybe LatexGrammar::difference(size_t& at) {
  const Result& result = remembered(Rule::difference, at, [&](Result& out) {
    if (depth_ >= kMaxDepth) return;
    ++depth_;
    size_t here = at;
    Maybe left = united(here);
    while (left && token(here) == Token::setminus) {
      size_t next = here + 1;
      Maybe right = united(next);
      if (!right) break;
      left = joined(Kind::subtract, std::move(*left), std::move(*right));
      here = next;
    }
    if (left) out.end = here;
    out.value = std::move(left);
    --depth_;
  });
  if (result.value) at = result.end;
  return result.value;
}

LatexGrammar::Maybe LatexGrammar::united(size_t& at) {
  Maybe left = intersected(at);
  while (left && token(at) == Token::cup) {
    size_t next = at + 1;
    Maybe right = intersected(next);
    if (!right) break;
    left = joined(Kind::unite, std::move(*left), std::move(*right));
    at = next;
  }
  return left;
}

LatexGrammar::Maybe LatexGrammar::intersected(size_t& at) {
  Maybe left = set_group(at);
  while (left && token(at) == Token::cap) {
    size_t next = at + 1;
    Maybe right = set_group(next);
    if (!right) break;
    left = joined(Kind::intersect, std::move(*left), std::move(*right));
    at = next;
  }
  return left;
}

LatexGrammar::Maybe LatexGrammar::set_group(size_t& at) {
  if (token(at) == Token::left_paren) {
    size_t here = at + 1;
    if (Maybe inner = difference(here); inner && take(Token::right_paren, here)) {
      at = here;
      return inner;
    }
  }
  return set_atom(at);
}

}  // namespace millet::tasks::math
