// The rules of the grammar. Each takes a place among the lexemes and moves it behind what it read, or gives nothing and
// leaves it alone. What a rule gave at a place is remembered, so that trying again costs a look-up.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millet/tasks/math/expression.h"
#include "millet/tasks/math/latex_lexer.h"

namespace millet::tasks::math {

// Elements as written, later repetitions left out.
Expression finite_set(std::vector<Expression> elements);

class LatexGrammar {
 public:
  using Maybe = std::optional<Expression>;
  using Lists = std::vector<std::vector<Expression>>;

  explicit LatexGrammar(const std::vector<Lexeme>& lexemes) : lexemes_(lexemes) {}

  Token token(size_t at) const { return at < lexemes_.size() ? lexemes_[at].token : Token::end; }

  Maybe names(size_t& at);                                 // x, x_1, (x, y): the left side of an assignment
  std::optional<Lists> lists(size_t& at, bool relations);  // by semicolon, then by comma
  Maybe set_relation(size_t& at);

 private:
  enum class Rule : uint8_t { expression, factors, factors_bare, part, element, element_bare, set_atom, difference };
  struct Result {
    Maybe value;
    std::vector<Expression> several;  // of an element
    size_t end = 0;
  };
  using Elements = std::optional<std::vector<Expression>>;

  template <class Read>
  const Result& remembered(Rule rule, size_t at, Read read);
  bool take(Token token, size_t& at) const;
  std::string source(size_t from, size_t to) const;

  // elements and sets: latex_sets.cc
  Elements element(size_t& at, bool relations);
  Elements read_element(size_t& at, bool relations);
  Maybe relation(size_t& at);
  Maybe set_atom(size_t& at);
  Maybe read_set_atom(size_t& at);
  Maybe interval(size_t& at);
  Maybe bracketed(size_t& at);
  Maybe difference(size_t& at);
  Maybe united(size_t& at);
  Maybe intersected(size_t& at);
  Maybe set_group(size_t& at);

  // sums, products, signs, juxtaposition, powers: latex_terms.cc
  Maybe expression(size_t& at);
  Maybe read_expression(size_t& at);
  Maybe factors(size_t& at, bool functions);
  Maybe read_factors(size_t& at, bool functions);
  Maybe signed_factor(size_t& at, bool functions);
  Maybe juxtaposed(size_t& at, bool functions);
  Maybe postfixed(size_t& at, bool functions);
  Maybe exponent(size_t& at);
  Maybe bound(size_t& at);

  // what stands for itself: latex_parts.cc
  Maybe part(size_t& at, bool functions);
  Maybe read_part(size_t& at, bool functions);
  Maybe group(size_t& at);
  Maybe between(Token open, Token close, size_t& at);
  Maybe braced(size_t& at);
  Maybe atom(size_t& at);
  Maybe named(size_t& at, bool with_power);
  bool subscript(size_t& at, std::string& out);
  Maybe fraction(size_t& at);
  Maybe binomial(size_t& at);
  Maybe matrix(size_t& at);

  // functions, roots, sums, integrals, limits: latex_functions.cc
  Maybe function(size_t& at);
  Maybe application(size_t& at);
  Maybe known_function(size_t& at);
  Maybe of_several(size_t& at);
  Maybe root(size_t& at);
  Maybe over_range(size_t& at);
  Maybe integral(size_t& at);
  Maybe limit(size_t& at);

  const std::vector<Lexeme>& lexemes_;
  std::map<std::pair<int, size_t>, Result> memory_;
  int depth_ = 0;
  int in_integral_ = 0;  // there dx ends what is integrated
};

template <class Read>
const LatexGrammar::Result& LatexGrammar::remembered(Rule rule, size_t at, Read read) {
  const std::pair<int, size_t> key{static_cast<int>(rule) * 2 + (in_integral_ > 0 ? 1 : 0), at};
  const auto found = memory_.find(key);
  if (found != memory_.end()) return found->second;
  Result result;
  result.end = at;
  read(result);
  return memory_[key] = std::move(result);
}

inline bool LatexGrammar::take(Token wanted, size_t& at) const {
  if (token(at) != wanted) return false;
  ++at;
  return true;
}

}  // namespace millet::tasks::math
