// Parts of a product: groups, numbers, symbols, fractions, matrices.
#include <cctype>
#include <utility>

#include "millet/tasks/math/latex_grammar.h"
#include "millet/tasks/math/latex_parser.h"

namespace millet::tasks::math {

namespace {

Expression call(const char* name, Expression argument) {
  std::vector<Expression> arguments;
  arguments.push_back(std::move(argument));
  return node(Kind::function, std::move(arguments), name);
}

std::string lowered(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Case does not count in names, neither does bold or upright type.
Expression named_symbol(std::string name) {
  if (name == "pi" || name == "Pi") return constant("pi");
  if (name == "gamma" || name == "Gamma") return constant("euler");
  return symbol(lowered(std::move(name)));
}

std::string accent_name(const Lexeme& lexeme) {
  std::string inner;
  const std::string& accent = lexeme.text;
  const bool text = accent.starts_with("text") || accent == "mbox";
  for (const char c : lexeme.inner) {
    if (c != ' ' && !(text && (c == '(' || c == ')'))) inner += c;
  }
  if (text) return inner;
  std::string name = accent;
  if (accent == "overline") name = "bar";
  if (accent == "overrightarrow") name = "vec";
  if (accent == "widetilde") name = "tilde";
  if (accent.starts_with("math")) name = "math";
  return name + "{" + inner + "}";
}

std::optional<Rational> with_exponent(std::string_view text) {
  const size_t mark = text.find('E');
  const auto mantissa = Rational::parse(text.substr(0, mark));
  std::string_view digits = text.substr(mark + 1);
  const bool minus = digits.starts_with('-');
  if (minus || digits.starts_with('+')) digits.remove_prefix(1);
  int64_t exponent = 0;
  for (const char c : digits) {
    exponent = exponent * 10 + (c - '0');
    if (exponent > static_cast<int64_t>(kMaxBits)) return std::nullopt;
  }
  const auto scale = power(Rational(10), minus ? -exponent : exponent);
  if (!mantissa || !scale) return std::nullopt;
  return multiply(*mantissa, *scale);
}

}  // namespace

std::string LatexGrammar::source(size_t from, size_t to) const {
  std::string out;
  for (size_t i = from; i < to; ++i) out += lexemes_[i].source;
  return out;
}

LatexGrammar::Maybe LatexGrammar::part(size_t& at, bool functions) {
  size_t here = at;
  if (functions && depth_ < kMaxDepth) {
    ++depth_;
    Maybe value = function(here);
    --depth_;
    if (value) {
      at = here;
      return value;
    }
  }
  const Result& result = remembered(Rule::part, at, [&](Result& out) {
    if (depth_ >= kMaxDepth) return;
    ++depth_;
    out.value = read_part(out.end, functions);
    --depth_;
  });
  if (result.value) at = result.end;
  return result.value;
}

LatexGrammar::Maybe LatexGrammar::read_part(size_t& at, bool /*functions*/) {
  size_t here = at;
  if (Maybe value = group(here)) {
    at = here;
    return value;
  }
  if (token(at) == Token::frac) return fraction(at);
  if (token(at) == Token::binom || token(at) == Token::left_brace) {
    if (Maybe value = binomial(at)) return value;
  }
  if (token(at) == Token::matrix_begin || token(at) == Token::array_begin || token(at) == Token::determinant_begin) {
    return matrix(at);
  }
  return atom(at);
}

LatexGrammar::Maybe LatexGrammar::between(Token open, Token close, size_t& at) {
  size_t here = at;
  if (!take(open, here)) return std::nullopt;
  Maybe inner = expression(here);
  if (!inner || !take(close, here)) return std::nullopt;
  at = here;
  return inner;
}

LatexGrammar::Maybe LatexGrammar::braced(size_t& at) {
  return between(Token::left_brace, Token::right_brace, at);
}

LatexGrammar::Maybe LatexGrammar::group(size_t& at) {
  switch (token(at)) {
    case Token::left_paren:
      return between(Token::left_paren, Token::right_paren, at);
    case Token::left_brace:
      return braced(at);
    case Token::left_bracket:
      return between(Token::left_bracket, Token::right_bracket, at);
    case Token::left_curly:
      return between(Token::left_curly, Token::right_curly, at);
    case Token::left_group:
      return between(Token::left_group, Token::right_group, at);
    case Token::boxed:
    case Token::phantom: {
      size_t here = at + 1;
      Maybe inner = braced(here);
      if (inner) at = here;
      return inner;
    }
    case Token::bar:
    case Token::left_vert:
    case Token::vert: {
      const Token close = token(at) == Token::left_vert ? Token::right_vert : token(at);
      Maybe inner = between(token(at), close, at);
      if (inner) return call("abs", std::move(*inner));
      return std::nullopt;
    }
    case Token::norm: {
      Maybe inner = between(Token::norm, Token::norm, at);
      if (inner && inner->is(Kind::matrix)) return call("norm", std::move(*inner));
      return std::nullopt;
    }
    case Token::left_floor: {
      Maybe inner = between(Token::left_floor, Token::right_floor, at);
      if (inner) return call("floor", std::move(*inner));
      return std::nullopt;
    }
    case Token::left_ceil: {
      Maybe inner = between(Token::left_ceil, Token::right_ceil, at);
      if (inner) return call("ceiling", std::move(*inner));
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

LatexGrammar::Maybe LatexGrammar::atom(size_t& at) {
  const Lexeme& lexeme = lexemes_[at];
  std::string ignored;
  switch (lexeme.token) {
    case Token::letter:
    case Token::command_symbol:
    case Token::accent:
      return named(at, true);
    case Token::infinity:
      ++at;
      return constant("infinity");
    case Token::number:
    case Token::percent_number: {
      const auto value = Rational::parse(lexeme.text);
      if (!value) return std::nullopt;
      Expression out = number(*value, lexeme.text.find('.') != std::string::npos);
      ++at;
      if (lexeme.token == Token::number) {
        subscript(at, ignored);  // of 204_5 the base does not count
        return out;
      }
      std::vector<Expression> of;
      of.push_back(std::move(out));
      return node(Kind::percent, std::move(of));
    }
    case Token::exponent_number: {
      const auto value = with_exponent(lexeme.text);
      if (!value) return std::nullopt;
      ++at;
      return number(*value, true);
    }
    case Token::letter_capital_e:
      ++at;
      return symbol("e");
    case Token::differential:
      if (in_integral_ > 0) return std::nullopt;
      ++at;
      return symbol("d" + lexeme.text);
    case Token::gamma:
      ++at;
      return constant("euler");
    default:
      return std::nullopt;
  }
}

// A letter, a Greek letter, text or an accented symbol, its subscript, and its power if that is wanted.
LatexGrammar::Maybe LatexGrammar::named(size_t& at, bool with_power) {
  const Lexeme& lexeme = lexemes_[at];
  if (lexeme.token != Token::letter && lexeme.token != Token::command_symbol && lexeme.token != Token::accent) {
    return std::nullopt;
  }
  ++at;
  std::string name = lexeme.token == Token::accent ? accent_name(lexeme) : lexeme.text;
  std::string below;
  Maybe above;
  bool has_below = subscript(at, below);
  if (with_power && token(at) == Token::caret) {
    size_t here = at + 1;
    if (depth_ < kMaxDepth) {
      ++depth_;
      above = exponent(here);
      --depth_;
    }
    if (above) {
      at = here;
      if (!has_below) has_below = subscript(at, below);
    }
  }
  Expression out = has_below                                             ? symbol(lowered(name + below))
                   : lexeme.token == Token::letter && lexeme.text == "I" ? constant("i")
                                                                         : named_symbol(std::move(name));
  if (!above) return out;
  std::vector<Expression> pair;
  pair.push_back(std::move(out));
  pair.push_back(std::move(*above));
  return node(Kind::power, std::move(pair));
}

// _1, _{10}, _{n-k}: as written.
bool LatexGrammar::subscript(size_t& at, std::string& out) {
  size_t here = at;
  if (!take(Token::underscore, here)) return false;
  std::string text;
  const size_t begin = here;
  if (atom(here)) {
    text = source(begin, here);
  } else if (take(Token::left_brace, here)) {
    for (bool first = true; first || take(Token::comma, here); first = false) {
      if (!expression(here)) return false;
    }
    if (!take(Token::right_brace, here)) return false;
    text = source(begin + 1, here - 1);
  } else {
    return false;
  }
  out = text.size() > 1 ? "_{" + text + "}" : "_" + text;
  at = here;
  return true;
}

// x, x_1^2 or a list of such in parentheses.
LatexGrammar::Maybe LatexGrammar::names(size_t& at) {
  size_t here = at;
  if (!take(Token::left_paren, here)) return named(at, true);
  std::vector<Expression> all;
  do {
    Maybe one = named(here, true);
    if (!one) return std::nullopt;
    all.push_back(std::move(*one));
  } while (take(Token::comma, here));
  if (!take(Token::right_paren, here)) return std::nullopt;
  at = here;
  if (all.size() == 1) return std::move(all[0]);
  return node(Kind::tuple, std::move(all));
}

LatexGrammar::Maybe LatexGrammar::fraction(size_t& at) {
  size_t here = at + 1;
  const size_t top_begin = here + 1;
  const bool derivative = token(top_begin) == Token::letter && lexemes_[top_begin].text == "d" &&
                          token(top_begin + 1) == Token::right_brace;
  if (token(here) == Token::left_brace && token(top_begin) == Token::partial) {  // \frac{\partial f}{\partial x}
    size_t end = top_begin + 1;
    Maybe of = token(end) == Token::right_brace ? std::nullopt : expression(end);
    const size_t below = end + 1;
    const Token variable = token(below + 2);
    if (token(end) == Token::right_brace && token(below) == Token::left_brace && token(below + 1) == Token::partial &&
        (variable == Token::letter || variable == Token::command_symbol) && token(below + 3) == Token::right_brace) {
      std::vector<Expression> arguments;
      if (of) arguments.push_back(std::move(*of));
      arguments.push_back(symbol(lexemes_[below + 2].text));
      at = below + 4;
      return node(Kind::function, std::move(arguments), of ? "derivative" : "differentiate");
    }
    return std::nullopt;
  }
  Maybe top = braced(here);
  if (!top) return std::nullopt;
  const bool over_differential = token(here) == Token::left_brace && token(here + 1) == Token::differential &&
                                 token(here + 2) == Token::right_brace;
  if (over_differential) {
    std::vector<Expression> arguments;
    const std::string variable = lexemes_[here + 1].text;
    const bool of_symbol = token(top_begin) == Token::differential && token(top_begin + 1) == Token::right_brace;
    if (derivative || of_symbol) {
      if (of_symbol) arguments.push_back(named_symbol(lexemes_[top_begin].text));
      arguments.push_back(symbol(variable));
      at = here + 3;
      return node(Kind::function, std::move(arguments), of_symbol ? "derivative" : "differentiate");
    }
  }
  Maybe bottom = braced(here);
  if (!bottom) return std::nullopt;
  at = here;
  return quotient_of(std::move(*top), std::move(*bottom));
}

LatexGrammar::Maybe LatexGrammar::binomial(size_t& at) {
  size_t here = at;
  Maybe top, bottom;
  if (take(Token::binom, here)) {
    top = braced(here);
    if (top) bottom = braced(here);
  } else if (take(Token::left_brace, here)) {
    top = expression(here);
    if (top && take(Token::choose, here)) bottom = expression(here);
    if (bottom && !take(Token::right_brace, here)) return std::nullopt;
  }
  if (!top || !bottom) return std::nullopt;
  at = here;
  std::vector<Expression> pair;
  pair.push_back(std::move(*top));
  pair.push_back(std::move(*bottom));
  return node(Kind::function, std::move(pair), "binomial");
}

LatexGrammar::Maybe LatexGrammar::matrix(size_t& at) {
  size_t here = at;
  const Token open = token(here++);
  const Token close = open == Token::matrix_begin  ? Token::matrix_end
                      : open == Token::array_begin ? Token::array_end
                                                   : Token::determinant_end;
  Expression out = node(Kind::matrix, {});
  size_t rows = 0;
  for (;;) {
    size_t cells = 0;
    do {
      Maybe cell = expression(here);
      if (!cell) return std::nullopt;
      out.arguments.push_back(std::move(*cell));
      ++cells;
    } while (take(Token::cell, here));
    if (rows++ == 0) out.columns = cells;
    if (cells != out.columns) return std::nullopt;
    if (take(close, here)) break;
    if (!take(Token::row, here)) return std::nullopt;
    if (take(close, here)) break;
  }
  if (open == Token::determinant_begin) {
    if (rows != out.columns) return std::nullopt;
    at = here;
    return call("det", std::move(out));
  }
  at = here;
  return out;
}

}  // namespace millet::tasks::math
