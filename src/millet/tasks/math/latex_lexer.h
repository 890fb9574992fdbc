// LaTeX as tokens. Where several begin at one place the longest is taken: \leq before \le, "dx" before "d".
// What counts as one token follows the grammar of latex2sympy2_extended 1.11, by which answers are judged elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millet::tasks::math {

enum class Token : uint8_t {
  end,
  number,            // 12, .5
  exponent_number,   // 15E-1
  percent_number,    // 5%, 5 \%
  letter,            // any but e and E
  letter_e,          // the constant
  letter_capital_e,  // a symbol
  command_symbol,    // \alpha, \ell: name in `text`
  gamma,             // \Gamma, \gamma: a function or a constant
  accent,            // \text{…}, \vec{…}: name in `text`, contents in `inner`
  differential,      // dx
  infinity,
  partial,
  function,     // \sin and its like of one argument: name in `text`
  multi,        // \gcd, \lcm, \max, \min
  operator_of,  // \operatorname
  frac,
  binom,
  choose,
  sqrt,
  limit,
  integral,
  sum,
  product,
  approach,
  plus,
  minus,
  times,
  divide,
  modulo,
  colon,
  bang,
  caret,
  underscore,
  transpose,
  degree,
  comma,
  semicolon,
  left_paren,
  right_paren,
  left_brace,
  right_brace,
  left_curly,
  right_curly,
  left_bracket,
  right_bracket,
  left_group,
  right_group,
  left_visual,
  right_visual,  // \lgroup, \(
  bar,
  left_vert,
  right_vert,
  vert,
  norm,
  left_floor,
  right_floor,
  left_ceil,
  right_ceil,
  boxed,
  phantom,
  matrix_begin,
  matrix_end,
  array_begin,
  array_end,
  determinant_begin,
  determinant_end,
  cell,
  row,
  member,
  not_member,
  assign,
  equal,
  approximate,
  less,
  less_equal,
  greater,
  greater_equal,
  unequal,
  cup,
  cap,
  setminus,
  plus_minus,
  subset,
  superset,
  named_set,  // name in `text`
};

struct Lexeme {
  Token token = Token::end;
  std::string_view source;  // as written
  std::string text;         // its name where it has one
  std::string inner;        // of an accent
};

// Nothing where a character belongs to no token, or where there are more than kMaxTokens. The views are into `text`.
inline constexpr size_t kMaxTokens = 1000;
std::optional<std::vector<Lexeme>> lex_latex(std::string_view text);

}  // namespace millet::tasks::math
