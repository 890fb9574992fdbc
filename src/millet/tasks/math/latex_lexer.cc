#include "millet/tasks/math/latex_lexer.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace millet::tasks::math {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct Meaning {
  Token token = Token::end;  // end: passed over
  std::string text = {};
};

using Table = std::map<std::string, Meaning>;

void put(Table& table, Token token, std::initializer_list<const char*> spellings, const std::string& text = {}) {
  for (const char* spelling : spellings) table[spelling] = {token, text};
}

// The name is the spelling without its backslash.
void put_named(Table& table, Token token, std::initializer_list<const char*> names) {
  for (const char* name : names) table["\\" + std::string(name)] = {token, name};
}

void put_greek(Table& table) {
  static constexpr std::array<std::array<const char*, 2>, 40> kLetters = {{
      {"alpha", "α"},   {"beta", "β"},    {"delta", "δ"},  {"Delta", "Δ"},    {"epsilon", "ε"},  {"varepsilon", "ϵ"},
      {"zeta", "ζ"},    {"eta", "η"},     {"theta", "θ"},  {"Theta", "Θ"},    {"vartheta", "ϑ"}, {"iota", "ι"},
      {"kappa", "κ"},   {"lambda", "λ"},  {"Lambda", "Λ"}, {"mu", "μ"},       {"nu", "ν"},       {"xi", "ξ"},
      {"Xi", "Ξ"},      {"omicron", "ο"}, {"pi", "π"},     {"Pi", "Π"},       {"varpi", "ϖ"},    {"rho", "ρ"},
      {"varrho", "ϱ"},  {"sigma", "σ"},   {"Sigma", "Σ"},  {"varsigma", "ς"}, {"tau", "τ"},      {"upsilon", "υ"},
      {"Upsilon", "Υ"}, {"phi", "φ"},     {"Phi", "Φ"},    {"varphi", "ϕ"},   {"chi", "χ"},      {"psi", "ψ"},
      {"Psi", "Ψ"},     {"omega", "ω"},   {"Omega", "Ω"},  {"Gamma", "Γ"},
  }};
  for (const auto& [name, letter] : kLetters) {
    put(table, Token::command_symbol, {letter}, name);
    if (std::string_view(name) != "Gamma") put_named(table, Token::command_symbol, {name});
  }
  put(table, Token::command_symbol, {"γ"}, "gamma");
  put_named(table, Token::gamma, {"Gamma", "gamma"});
}

Table make_table() {
  Table t;
  put(t, Token::end,
      {"\\,",
       "\\thinspace",
       "\\:",
       "\\medspace",
       "\\;",
       "\\thickspace",
       "\\quad",
       "\\qquad",
       "\\!",
       "\\negthinspace",
       "\\negmedspace",
       "\\negthickspace",
       "\\$",
       "\\vrule",
       "\\vcenter",
       "\\vbox",
       "\\vskip",
       "\\vspace",
       "\\hfil",
       "\\limits",
       "\\nolimits",
       " ",
       "\t",
       "\r",
       "\n"});
  put(t, Token::plus, {"+", "∔", "⊕", "⊞"});
  put(t, Token::minus, {"-", "−", "∸"});
  put(t, Token::times, {"*", "×", "⋅", "⋄", "⊡", "∗", "⋆", "∘", "∙", "⊗", "⊠", "⋈", "⋉", "⋊", "\\times", "\\cdot"});
  put(t, Token::divide, {"/", "÷", "∕", "\\over", "\\div"});
  put(t, Token::modulo, {"\\mod", "\\bmod", "\\pmod", "\\text{mod}", "\\text{ mod }", "\\operatorname{mod}"});
  put(t, Token::left_paren, {"("});
  put(t, Token::right_paren, {")"});
  put(t, Token::left_visual, {"\\("});
  put(t, Token::right_visual, {"\\)"});
  put(t, Token::left_group, {"\\lgroup"});
  put(t, Token::right_group, {"\\rgroup"});
  put(t, Token::left_brace, {"{"});
  put(t, Token::right_brace, {"}"});
  put(t, Token::left_curly, {"\\{", "\\lbrace"});
  put(t, Token::right_curly, {"\\}", "\\rbrace"});
  put(t, Token::left_bracket, {"[", "\\lbrack"});
  put(t, Token::right_bracket, {"]", "\\rbrack"});
  put(t, Token::phantom, {"\\phantom"});
  put(t, Token::boxed, {"\\boxed"});
  put(t, Token::bar, {"|"});
  put(t, Token::left_vert, {"\\lvert"});
  put(t, Token::right_vert, {"\\rvert"});
  put(t, Token::vert, {"\\vert"});
  put(t, Token::norm, {"\\|"});
  put(t, Token::left_floor, {"\\lfloor", "\\llcorner"});
  put(t, Token::right_floor, {"\\rfloor", "\\lrcorner"});
  put(t, Token::left_ceil, {"\\lceil", "\\ulcorner"});
  put(t, Token::right_ceil, {"\\rceil", "\\urcorner"});
  put(t, Token::limit, {"\\lim"});
  put(t, Token::approach, {"\\to", "→", "\\rightarrow", "\\Rightarrow", "\\longrightarrow", "\\Longrightarrow"});
  put(t, Token::integral, {"\\int"});
  put(t, Token::sum, {"\\sum"});
  put(t, Token::product, {"\\prod"});
  put_named(t, Token::function,
            {"log",    "ln",     "exp",    "sin",     "cos",     "tan",     "csc",   "sec",  "cot",
             "arcsin", "arccos", "arctan", "arccsc",  "arcsec",  "arccot",  "sinh",  "cosh", "tanh",
             "arsinh", "arcosh", "artanh", "arcsinh", "arccosh", "arctanh", "floor", "ceil", "det"});
  put_named(t, Token::multi, {"gcd", "lcm", "max", "min"});
  put(t, Token::multi, {"\\text{gcd}"}, "gcd");
  put(t, Token::multi, {"\\text{lcm}"}, "lcm");
  put(t, Token::operator_of, {"\\operatorname"});
  put(t, Token::sqrt, {"\\sqrt"});
  put(t, Token::frac, {"\\frac", "\\dfrac", "\\tfrac", "\\cfrac"});
  put(t, Token::binom, {"\\binom", "\\tbinom", "\\dbinom"});
  put(t, Token::choose, {"\\choose"});
  for (const char* kind : {"matrix", "pmatrix", "bmatrix"}) {
    t["\\begin{" + std::string(kind) + "}"] = {Token::matrix_begin};
    t["\\end{" + std::string(kind) + "}"] = {Token::matrix_end};
  }
  put(t, Token::array_end, {"\\end{array}"});
  put(t, Token::determinant_begin, {"\\begin{vmatrix}"});
  put(t, Token::determinant_end, {"\\end{vmatrix}"});
  put(t, Token::cell, {"&"});
  put(t, Token::row, {"\\\\"});
  put(t, Token::underscore, {"_"});
  put(t, Token::caret, {"^"});
  put(t, Token::colon, {":"});
  put(t, Token::semicolon, {";"});
  put(t, Token::comma, {","});
  put(t, Token::letter_e, {"e", "\\exponentialE"});
  put(t, Token::letter_capital_e, {"E"});
  put(t, Token::member, {"\\in"});
  put(t, Token::not_member, {"\\notin", "∉"});
  put(t, Token::assign, {"=", "≡", "≣", "≟", "≎", "≏", "≐", "≑", "≒", "≓", "≔", "≕", "≖", "≗"});
  put(t, Token::equal, {"==", "\\equiv"});
  put(t, Token::approximate, {"~=", "≈", "≊", "≋", "≃", "≅", "\\approx"});
  put(t, Token::less, {"<", "≪", "≺", "⋖", "\\lt"});
  put(t, Token::less_equal, {"\\leq", "\\le", "\\leqslant", "≤", "≦", "≲", "≾", "<="});
  put(t, Token::greater, {">", "≫", "≻", "⋗", "\\gt"});
  put(t, Token::greater_equal, {"\\geq", "\\ge", "\\geqslant", "≥", "≧", "≳", "≿", ">="});
  put(t, Token::unequal, {"!=", "!==", "\\ne", "\\neq", "\\not\\equiv", "≠", "≁", "≄", "≇", "≉", "≢"});
  put(t, Token::bang, {"!"});
  put(t, Token::transpose, {"^T", "^{T}", "'"});
  put(t, Token::degree, {"^\\circ", "^\\degree", "^\\circle", "^°", "^{\\circ}", "^{\\degree}", "^{\\circle}", "^{°}"});
  put_greek(t);
  put_named(t, Token::command_symbol,
            {"Bbbk",         "wp",        "nabla",         "bigstar",     "angle",          "nexists",
             "diagdown",     "eth",       "measuredangle", "diagup",      "sphericalangle", "clubsuit",
             "varnothing",   "Diamond",   "complement",    "diamondsuit", "imath",          "Finv",
             "triangledown", "heartsuit", "jmath",         "Game",        "triangle",       "spadesuit",
             "ell",          "hbar",      "vartriangle",   "hslash",      "blacklozenge",   "lozenge",
             "blacksquare",  "mho",       "blacktriangle", "sharp",       "prime",          "Im",
             "flat",         "square",    "backprime",     "Re",          "natural",        "surd",
             "circledS"});
  for (const char* letter : {"ℵ", "ℶ", "ℷ", "ℸ"}) put(t, Token::command_symbol, {letter}, letter);
  put(t, Token::infinity, {"\\infty", "\\infty%", "\\infty\\%", "\\$\\infty", "∞"});
  put(t, Token::partial, {"\\partial"});
  put(t, Token::named_set, {"\\mathbb{N}", "ℕ"}, "naturals");
  put(t, Token::named_set, {"\\mathbb{Z}", "ℤ"}, "integers");
  put(t, Token::named_set, {"\\mathbb{Q}", "ℚ"}, "rationals");
  put(t, Token::named_set, {"\\mathbb{R}", "ℝ"}, "reals");
  put(t, Token::named_set, {"\\mathbb{C}", "ℂ"}, "complexes");
  put(t, Token::named_set, {"\\emptyset", "∅", "\\{\\}", "\\lbrace\\rbrace"}, "empty");
  put(t, Token::cup, {"\\cup", "∪"});
  put(t, Token::cap, {"\\cap", "∩"});
  put(t, Token::setminus, {"\\setminus", "∖"});
  put(t, Token::plus_minus, {"\\pm", "±", "∓", "\\mp"});
  put(t, Token::superset, {"\\supseteq", "⊇"});
  put(t, Token::subset, {"\\subseteq", "⊆"});
  return t;
}

constexpr std::string_view kAccents[] = {
    "acute",    "bar",        "overline", "breve",    "check",     "widecheck",  "dot",
    "ddot",     "grave",      "hat",      "tilde",    "widetilde", "vec",        "overrightarrow",
    "bm",       "boldsymbol", "text",     "textit",   "textbf",    "textnormal", "mathbb",
    "mathbin",  "mathbf",     "mathcal",  "mathclap", "mathclose", "mathfrak",   "mathinner",
    "mathit",   "mathnormal", "mathop",   "mathopen", "mathord",   "mathpunct",  "mathrel",
    "mathring", "mathrlap",   "mathrm",   "mathscr",  "mathsf",    "mathtt",     "mbox"};

size_t number_length(std::string_view text) {
  size_t whole = 0;
  while (whole < text.size() && is_digit(text[whole])) ++whole;
  size_t end = whole;
  if (end < text.size() && text[end] == '.') {
    size_t after = end + 1;
    while (after < text.size() && is_digit(text[after])) ++after;
    if (after > end + 1) return after;
  }
  return whole;
}

// A number, with an exponent or a percent sign behind it if there is one.
size_t lex_number(std::string_view text, Lexeme& out) {
  const size_t length = number_length(text);
  if (length == 0) return 0;
  out.token = Token::number;
  out.text = text.substr(0, length);
  size_t at = length;
  if (at < text.size() && text[at] == 'E') {
    size_t digits = at + 1;
    if (digits < text.size() && (text[digits] == '-' || text[digits] == '+')) ++digits;
    size_t end = digits;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end > digits) {
      out.token = Token::exponent_number;
      out.text = text.substr(0, end);
      return end;
    }
  }
  if (at < text.size() && is_blank(text[at])) ++at;
  if (text.substr(at).starts_with("\\%")) {
    out.token = Token::percent_number;
    return at + 2;
  }
  if (text.substr(at).starts_with("%")) {
    out.token = Token::percent_number;
    return at + 1;
  }
  return length;
}

// d and a letter or a command, blanks between them or not.
size_t lex_differential(std::string_view text, Lexeme& out) {
  size_t at = 1;
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at >= text.size()) return 0;
  size_t end = at + 1;
  if (text[at] == '\\') {
    while (end < text.size() && is_alpha(text[end])) ++end;
    if (end == at + 1) return 0;
    out.text = text.substr(at + 1, end - at - 1);
  } else if (is_alpha(text[at])) {
    out.text = text.substr(at, 1);
  } else {
    return 0;
  }
  out.token = Token::differential;
  return end;
}

// \text{…}: up to the first brace that closes and is not escaped.
size_t lex_accent(std::string_view text, Lexeme& out) {
  size_t end = 1;
  while (end < text.size() && is_alpha(text[end])) ++end;
  const std::string_view name = text.substr(1, end - 1);
  if (end < text.size() && is_blank(text[end])) ++end;
  if (end >= text.size() || text[end] != '{') return 0;
  if (std::find(std::begin(kAccents), std::end(kAccents), name) == std::end(kAccents)) return 0;
  const size_t open = end + 1;
  for (end = open; end < text.size(); ++end) {
    if (text[end] == '}' && text[end - 1] != '\\') break;
  }
  if (end >= text.size()) return 0;
  out.token = Token::accent;
  out.text = name;
  out.inner = text.substr(open, end - open);
  return end + 1;
}

size_t lex_array_begin(std::string_view text, Lexeme& out) {
  constexpr std::string_view kBegin = "\\begin{array}{";
  if (!text.starts_with(kBegin)) return 0;
  size_t end = kBegin.size();
  while (end < text.size() && (text[end] == 'c' || text[end] == 'l' || text[end] == 'r')) ++end;
  if (end >= text.size() || text[end] != '}') return 0;
  out.token = Token::array_begin;
  return end + 1;
}

// \left and \right, which say a size, but no arrow.
size_t lex_size(std::string_view text, Lexeme& out) {
  out.token = Token::end;
  for (const std::string_view word : {"\\left", "\\right"}) {
    if (text.starts_with(word) && (text.size() == word.size() || !is_alpha(text[word.size()]))) return word.size();
  }
  return 0;
}

// All spellings that begin with a byte, of commands those whose names begin with it; the longest first.
using Spellings = std::array<std::vector<std::pair<std::string, Meaning>>, 512>;

size_t row_of(std::string_view text) {
  const bool command = text[0] == '\\' && text.size() > 1;
  return command ? 256 + static_cast<unsigned char>(text[1]) : static_cast<unsigned char>(text[0]);
}

Spellings make_spellings() {
  Spellings out;
  for (auto& [spelling, meaning] : make_table()) {
    out[row_of(spelling)].emplace_back(spelling, meaning);
  }
  for (auto& row : out) {
    std::sort(row.begin(), row.end(), [](const auto& a, const auto& b) {
      return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a.first < b.first;
    });
  }
  return out;
}

size_t lex_table(std::string_view text, Lexeme& out) {
  static const Spellings spellings = make_spellings();
  for (const auto& [spelling, meaning] : spellings[row_of(text)]) {
    if (!text.starts_with(spelling)) continue;
    out.token = meaning.token;
    out.text = meaning.text;
    return spelling.size();
  }
  if (!is_alpha(text[0])) return 0;
  out.token = Token::letter;
  return 1;
}

size_t lex_one(std::string_view text, Lexeme& out) {
  size_t best = lex_table(text, out);
  const auto longer = [&](size_t (*lexer)(std::string_view, Lexeme&)) {
    Lexeme other;
    const size_t length = lexer(text, other);
    if (length > best) {
      best = length;
      out = std::move(other);
    }
  };
  if (is_digit(text[0]) || text[0] == '.') longer(lex_number);
  if (text[0] == 'd') longer(lex_differential);
  if (text[0] == '\\') {
    longer(lex_accent);
    longer(lex_array_begin);
    longer(lex_size);
  }
  return best;
}

}  // namespace

std::optional<std::vector<Lexeme>> lex_latex(std::string_view text) {
  std::vector<Lexeme> out;
  for (size_t at = 0; at < text.size();) {
    Lexeme lexeme;
    const size_t length = lex_one(text.substr(at), lexeme);
    if (length == 0 || out.size() >= kMaxTokens) return std::nullopt;
    lexeme.source = text.substr(at, length);
    if (lexeme.token == Token::letter || lexeme.token == Token::letter_e || lexeme.token == Token::letter_capital_e) {
      lexeme.text = lexeme.source;
    }
    if (lexeme.token != Token::end) out.push_back(std::move(lexeme));
    at += length;
  }
  out.push_back({Token::end, text.substr(text.size()), {}, {}});
  return out;
}

}  // namespace millet::tasks::math
