#include "millet/tasks/math/expression.h"

#include <fmt/format.h>

#include <utility>

namespace millet::tasks::math {

namespace {

constexpr size_t kShown = 80;

void show(const Expression& e, std::string& out);

void show_list(const std::vector<Expression>& list, std::string_view between, std::string& out) {
  for (size_t i = 0; i < list.size() && out.size() < 2 * kShown; ++i) {
    if (i > 0) out += between;
    show(list[i], out);
  }
}

void show_in(char open, const std::vector<Expression>& list, std::string_view between, char close, std::string& out) {
  out += open;
  show_list(list, between, out);
  out += close;
}

void show_factor(const Expression& e, std::string& out) {
  const bool plain = e.is(Kind::symbol) || e.is(Kind::constant) || e.is(Kind::function) || e.is(Kind::applied) ||
                     (e.is(Kind::number) && e.value.is_integer() && !e.value.is_negative()) || e.is(Kind::power);
  if (plain) {
    show(e, out);
  } else {
    show_in('(', {e}, "", ')', out);
  }
}

std::string decimal_text(const Rational& value) {
  if (value.is_integer()) return value.text() + ".0";
  std::string out = fmt::format("{}", static_cast<double>(value.to_long_double()));
  return out;
}

void show(const Expression& e, std::string& out) {
  if (out.size() > 2 * kShown) return;
  switch (e.kind) {
    case Kind::number:
      out += e.decimal ? decimal_text(e.value) : e.value.text();
      return;
    case Kind::symbol:
    case Kind::constant:
    case Kind::named_set:
      out += e.name;
      return;
    case Kind::undefined:
      out += "undefined";
      return;
    case Kind::add:
      show_list(e.arguments, " + ", out);
      return;
    case Kind::multiply:
      for (size_t i = 0; i < e.arguments.size(); ++i) {
        if (i > 0) out += '*';
        show_factor(e[i], out);
      }
      return;
    case Kind::power:
      show_factor(e[0], out);
      out += '^';
      show_factor(e[1], out);
      return;
    case Kind::percent:
      show_factor(e[0], out);
      out += '%';
      return;
    case Kind::function:
    case Kind::applied:
      out += e.name;
      show_in('(', e.arguments, ", ", ')', out);
      return;
    case Kind::matrix:
      show_in('[', e.arguments, ", ", ']', out);
      return;
    case Kind::tuple:
      show_in('(', e.arguments, ", ", ')', out);
      return;
    case Kind::finite_set:
      show_in('{', e.arguments, ", ", '}', out);
      return;
    case Kind::interval:
      show_in(e.left_open ? '(' : '[', e.arguments, ", ", e.right_open ? ')' : ']', out);
      return;
    case Kind::unite:
      show_list(e.arguments, " ∪ ", out);
      return;
    case Kind::intersect:
      show_list(e.arguments, " ∩ ", out);
      return;
    case Kind::subtract:
      show_list(e.arguments, " ∖ ", out);
      return;
    case Kind::relation:
      show_list(e.arguments, " " + e.name + " ", out);
      return;
    case Kind::chain:
      show_list(e.arguments, " and ", out);
      return;
  }
}

void append_flat(Kind kind, Expression part, std::vector<Expression>& out) {
  if (part.kind == kind) {
    for (Expression& inner : part.arguments) out.push_back(std::move(inner));
  } else {
    out.push_back(std::move(part));
  }
}

Expression combined(Kind kind, Expression a, Expression b) {
  if (a.kind == kind) {  // in place: long sums are read in one pass
    append_flat(kind, std::move(b), a.arguments);
    return a;
  }
  std::vector<Expression> parts;
  append_flat(kind, std::move(a), parts);
  append_flat(kind, std::move(b), parts);
  return node(kind, std::move(parts));
}

}  // namespace

Expression number(Rational value, bool decimal) {
  Expression out;
  out.kind = Kind::number;
  out.value = std::move(value);
  out.decimal = decimal;
  return out;
}

Expression symbol(std::string name) {
  return node(Kind::symbol, {}, std::move(name));
}
Expression constant(std::string name) {
  return node(Kind::constant, {}, std::move(name));
}

Expression node(Kind kind, std::vector<Expression> arguments, std::string name) {
  Expression out;
  out.kind = kind;
  out.name = std::move(name);
  out.arguments = std::move(arguments);
  return out;
}

Expression negative(Expression of) {
  if (of.is(Kind::number)) {
    of.value = of.value.negated();
    return of;
  }
  return product_of(number(Rational(-1)), std::move(of));
}

Expression sum_of(Expression a, Expression b) {
  return combined(Kind::add, std::move(a), std::move(b));
}
Expression product_of(Expression a, Expression b) {
  return combined(Kind::multiply, std::move(a), std::move(b));
}

Expression product_of_all(std::vector<Expression> factors) {
  if (factors.size() == 1) return std::move(factors[0]);
  std::vector<Expression> parts;
  for (Expression& factor : factors) append_flat(Kind::multiply, std::move(factor), parts);
  return node(Kind::multiply, std::move(parts));
}

Expression quotient_of(Expression a, Expression b) {
  const auto integer = [](const Expression& e) { return e.is(Kind::number) && !e.decimal && e.value.is_integer(); };
  if (integer(a) && integer(b)) {
    if (b.value.is_zero()) return node(Kind::undefined, {});
    if (auto value = Rational::make(a.value.numerator(), b.value.numerator())) return number(*value);
  }
  std::vector<Expression> pair;
  pair.push_back(std::move(b));
  pair.push_back(number(Rational(-1)));
  return product_of(std::move(a), node(Kind::power, std::move(pair)));
}

std::string shown(const Expression& expression) {
  std::string out;
  show(expression, out);
  if (out.size() <= kShown) return out;
  size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
  return out.substr(0, end) + "…";
}

}  // namespace millet::tasks::math
