#include "millet/tasks/math/latex_parser.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "millet/tasks/math/latex_grammar.h"

namespace millet::tasks::math {

namespace {

bool all_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// -1,234,567.8 as a whole is one number, and no set.
bool is_grouped_number(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t point = text.find('.');
  if (point != std::string_view::npos) {
    if (point + 1 == text.size() || !all_digits(text.substr(point + 1))) return false;
    text = text.substr(0, point);
  }
  const size_t first = text.find(',');
  if (first == std::string_view::npos || first == 0 || first > 3 || !all_digits(text.substr(0, first))) return false;
  for (text.remove_prefix(first); !text.empty(); text.remove_prefix(4)) {
    if (text.size() < 4 || text[0] != ',' || !all_digits(text.substr(1, 3))) return false;
  }
  return true;
}

std::optional<Expression> grouped_number(std::string_view text) {
  std::string digits;
  const size_t first = text.find_first_of("-0123456789");
  const bool minus = text[first] == '-';
  const bool zero = text[first] == '0';
  bool decimal = false;
  for (const char c : text) {
    if (c == ',' && zero) digits += '.';  // 0,125 is no thousand
    if ((c >= '0' && c <= '9') || c == '.') digits += c;
    decimal = decimal || c == '.' || (c == ',' && zero);
  }
  const std::optional<Rational> value = Rational::parse(digits);
  if (!value) return std::nullopt;
  return number(minus ? value->negated() : *value, decimal);
}

// Elements by semicolon and comma: {1, 2}, or a set of tuples: p=5,q=2; p=7,q=2.
Expression set_of(std::vector<std::vector<Expression>> lists) {
  if (lists.size() == 1) {
    if (lists[0].size() == 1) return std::move(lists[0][0]);
    return finite_set(std::move(lists[0]));
  }
  bool single = true;
  for (const auto& list : lists) single = single && list.size() == 1;
  std::vector<Expression> elements;
  for (auto& list : lists) {
    elements.push_back(single ? std::move(list[0]) : node(Kind::tuple, std::move(list)));
  }
  return finite_set(std::move(elements));
}

// Whether brackets stand within each other so deep that the grammar would give up, after it has tried them in every
// way: counted in one pass, whatever their kinds, for [0, 1) is right too.
bool too_deep(const std::vector<Lexeme>& lexemes) {
  int depth = 0, bars = 0;
  for (const Lexeme& lexeme : lexemes) {
    switch (lexeme.token) {
      case Token::left_paren:
      case Token::left_brace:
      case Token::left_curly:
      case Token::left_bracket:
      case Token::left_group:
      case Token::left_floor:
      case Token::left_ceil:
      case Token::left_vert:
        if (++depth > kMaxDepth) return true;
        break;
      case Token::right_paren:
      case Token::right_brace:
      case Token::right_curly:
      case Token::right_bracket:
      case Token::right_group:
      case Token::right_floor:
      case Token::right_ceil:
      case Token::right_vert:
        depth = std::max(0, depth - 1);
        break;
      case Token::bar:
      case Token::vert:
      case Token::norm:
        if (++bars > 2 * kMaxDepth) return true;
        break;
      default:
        break;
    }
  }
  return false;
}

}  // namespace

std::optional<Expression> parse_latex(std::string_view text) {
  if (text.size() > kMaxLatex) return std::nullopt;
  if (is_grouped_number(text)) return grouped_number(text);
  const auto lexemes = lex_latex(text);
  if (!lexemes || too_deep(*lexemes)) return std::nullopt;
  const size_t end = lexemes->size() - 1;
  LatexGrammar grammar(*lexemes);
  size_t at = 0;
  // x = 1, 2 says that x is 1 or 2; x = 1, y = 2 are two relations.
  if (auto left = grammar.names(at)) {
    const Token token = grammar.token(at);
    if (token == Token::member || token == Token::assign) {
      ++at;
      auto lists = grammar.lists(at, false);
      if (lists && at == end) {
        std::vector<Expression> sides;
        sides.push_back(std::move(*left));
        sides.push_back(set_of(std::move(*lists)));
        return node(Kind::relation, std::move(sides), "=");
      }
    }
  }
  at = 0;
  if (auto lists = grammar.lists(at, true); lists && at == end) return set_of(std::move(*lists));
  at = 0;
  if (auto set = grammar.set_relation(at); set && at == end) return set;
  return std::nullopt;
}

}  // namespace millet::tasks::math
