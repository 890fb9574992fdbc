// Tokens → expressions. The grammar is Jinja 3.1's; its oddities (a filter binds tighter than arithmetic, `not` within
// `is not`) are kept.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "millet/text/jinja/ast.h"
#include "millet/text/jinja/lexer.h"

namespace millet::text::jinja {

class ExpressionParser {
 public:
  explicit ExpressionParser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

 protected:
  using Kind = Expression::Kind;
  // Names that end a tuple without brackets: "in", "recursive".
  using Enders = std::initializer_list<std::string_view>;

  const Token& now() const { return tokens_[at_]; }
  const Token& ahead() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  const Token& next() { return at_ + 1 < tokens_.size() ? tokens_[at_++] : tokens_[at_]; }
  bool skip_sign(std::string_view sign);
  bool skip_name(std::string_view name);
  void expect_sign(std::string_view sign);
  void expect(Token::Kind kind, std::string_view what);
  std::string expect_name();  // any
  template <class... Args>
  [[noreturn]] void refuse(int line, fmt::format_string<Args...> text, Args&&... args) const {
    fail("line {}: {}", line, fmt::format(text, std::forward<Args>(args)...));
  }

  ExpressionPtr tuple_or_expression(bool with_condition = true, Enders enders = {}, bool in_parentheses = false);
  ExpressionPtr expression(bool with_condition = true);
  ExpressionPtr filters(ExpressionPtr subject, bool begun = false);
  // A name, a tuple of names, or with `namespaces` also a.b.
  ExpressionPtr assignment_target(Enders enders = {}, bool namespaces = false);

  Escaping escaping_ = Escaping::off;  // where it stands

  // Guards the recursion of the parser itself.
  class Level {
   public:
    explicit Level(ExpressionParser& parser);
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    ExpressionParser& parser_;
  };

 private:
  template <class... Parts>
  ExpressionPtr make(Kind kind, int line, Parts... parts);
  void measure(Expression& expression) const;                             // sets its depth; throws Error: too deep
  void measure(Expression& expression, const ExpressionPtr& part) const;  // the same for one more part

  bool ends_tuple(Enders enders) const;
  ExpressionPtr disjunction();
  ExpressionPtr conjunction();
  ExpressionPtr negation();
  ExpressionPtr comparison();
  ExpressionPtr sum();
  ExpressionPtr concatenation();
  ExpressionPtr product();
  ExpressionPtr power();
  ExpressionPtr unary(bool with_filters = true);
  ExpressionPtr primary(bool namespaces = false);
  ExpressionPtr postfix(ExpressionPtr node);
  ExpressionPtr filter_or_test(ExpressionPtr node);
  ExpressionPtr subscript(ExpressionPtr node);
  ExpressionPtr subscribed(ExpressionPtr object, int line);
  ExpressionPtr call(ExpressionPtr function);
  ExpressionPtr test(ExpressionPtr subject);
  ExpressionPtr list();
  ExpressionPtr dict();
  CallArguments call_arguments();
  std::string dotted_name();
  ExpressionPtr simple_tuple(Enders enders, bool namespaces);

  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace millet::text::jinja
