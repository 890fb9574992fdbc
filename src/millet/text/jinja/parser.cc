#include "millet/text/jinja/parser.h"

#include <set>
#include <string>
#include <utility>

#include "millet/core/error.h"
#include "millet/text/jinja/expression_parser.h"
#include "millet/text/jinja/lexer.h"
#include "millet/text/jinja/scopes.h"

namespace millet::text::jinja {
namespace {

constexpr size_t kMaxSource = size_t{1} << 18;

class Parser : public ExpressionParser {
 public:
  using ExpressionParser::ExpressionParser;

  Template run() {
    Template out;
    out.body = until({});
    return out;
  }

 private:
  using StatementPtr = std::unique_ptr<Statement>;

  StatementPtr make(Statement::Kind kind, int line) const {
    auto out = std::make_unique<Statement>();
    out->kind = kind;
    out->line = line;
    out->escaping = escaping_;
    return out;
  }

  // Statements up to a tag that begins with one of `ends`, which stays the current token. Without `ends`: all.
  Statements until(Enders ends) {
    const Level level(*this);
    const int line = now().line;
    Statements out;
    while (now().kind != Token::Kind::end) {
      const Token& token = next();
      if (token.kind == Token::Kind::data) {
        out.push_back(make(Statement::Kind::text, token.line));
        out.back()->text = token.text;
      } else if (token.kind == Token::Kind::print_begin) {
        out.push_back(make(Statement::Kind::print, token.line));
        out.back()->value = tuple_or_expression();
        expect(Token::Kind::print_end, "'}}'");
      } else {
        for (const std::string_view end : ends) {
          if (now().is_name(end)) return out;
        }
        statement(out);
        expect(Token::Kind::block_end, "'%}'");
      }
    }
    if (ends.size() > 0) refuse(line, "the block that begins here has no '{}'", *(ends.end() - 1));
    return out;
  }

  // The body of a block, from the end of its tag to the first of `ends`, which is given back.
  std::string body(Statements& into, Enders ends) {
    skip_sign(":");
    expect(Token::Kind::block_end, "'%}'");
    into = until(ends);
    return next().text;
  }

  void statement(Statements& out) {
    if (now().kind != Token::Kind::name) refuse(now().line, "expected a tag's name, found {}", describe(now()));
    const Token tag = next();
    const std::string& name = tag.text;
    if (name == "print") {
      for (bool first = true; now().kind != Token::Kind::block_end; first = false) {
        if (!first) expect_sign(",");
        out.push_back(make(Statement::Kind::print, tag.line));
        out.back()->value = expression();
      }
      return;
    }
    StatementPtr node = name == "set"          ? set(tag.line)
                        : name == "for"        ? loop(tag.line)
                        : name == "if"         ? choice(tag.line)
                        : name == "macro"      ? macro(tag.line)
                        : name == "call"       ? call_block(tag.line)
                        : name == "filter"     ? filter_block(tag.line)
                        : name == "with"       ? with(tag.line)
                        : name == "block"      ? block(tag.line)
                        : name == "autoescape" ? autoescape(tag.line)
                        : name == "generation" ? generation(tag.line)
                        : name == "break"      ? make(Statement::Kind::leave_loop, tag.line)
                        : name == "continue"   ? make(Statement::Kind::next_turn, tag.line)
                                               : nullptr;
    if (node == nullptr && (name == "include" || name == "import" || name == "from" || name == "extends")) {
      node = make(Statement::Kind::refusal, tag.line);
      node->text = "a chat template stands alone, it cannot " + name + " another";
      expression();
      while (now().kind == Token::Kind::name || now().is_sign(",")) next();
    }
    if (node == nullptr) refuse(tag.line, "unknown tag '{}'", name);
    out.push_back(std::move(node));
  }

  StatementPtr set(int line) {
    StatementPtr node = make(Statement::Kind::set, line);
    node->target = assignment_target({}, true);
    if (skip_sign("=")) {
      node->value = tuple_or_expression();
      return node;
    }
    node->kind = Statement::Kind::set_block;
    node->value = filters(nullptr);
    body(node->body, {"endset"});
    return node;
  }

  StatementPtr loop(int line) {
    StatementPtr node = make(Statement::Kind::loop, line);
    node->target = assignment_target();  // NOTE: Jinja does not end at `in` behind a comma, either
    if (!skip_name("in")) refuse(line, "expected 'in', found {}", describe(now()));
    node->value = tuple_or_expression(false);
    if (skip_name("if")) node->test = expression();
    node->recursive = skip_name("recursive");
    if (body(node->body, {"else", "endfor"}) == "else") body(node->otherwise, {"endfor"});
    return node;
  }

  StatementPtr choice(int line) {
    StatementPtr node = make(Statement::Kind::choice, line);
    for (std::string tag = "if"; tag != "endif";) {
      Statement::Branch& branch = node->branches.emplace_back();
      if (tag == "else") {
        tag = body(branch.body, {"endif"});
      } else {
        branch.test = tuple_or_expression(false);
        tag = body(branch.body, {"elif", "else", "endif"});
      }
    }
    return node;
  }

  void parameters(FunctionBody& function) {
    expect_sign("(");
    std::set<std::string> names;
    while (!now().is_sign(")")) {
      if (!function.parameters.empty()) expect_sign(",");
      Parameter parameter{.name = expect_name()};
      if (!names.insert(parameter.name).second) refuse(now().line, "the parameter '{}' stands twice", parameter.name);
      if (skip_sign("="))
        parameter.initial = expression();
      else if (!function.parameters.empty() && function.parameters.back().initial != nullptr)
        refuse(now().line, "the parameter '{}' without a default follows one that has one", parameter.name);
      function.parameters.push_back(std::move(parameter));
    }
    expect_sign(")");
  }

  StatementPtr macro(int line) {
    StatementPtr node = make(Statement::Kind::macro, line);
    node->text = expect_name();
    parameters(node->function);
    body(node->body, {"endmacro"});
    return node;
  }

  StatementPtr call_block(int line) {
    StatementPtr node = make(Statement::Kind::call_block, line);
    if (now().is_sign("(")) parameters(node->function);
    node->value = expression();
    if (node->value->kind != Kind::call) refuse(line, "a call block needs a call");
    body(node->body, {"endcall"});
    return node;
  }

  StatementPtr filter_block(int line) {
    StatementPtr node = make(Statement::Kind::filter_block, line);
    node->value = filters(nullptr, true);
    body(node->body, {"endfilter"});
    return node;
  }

  StatementPtr with(int line) {
    StatementPtr node = make(Statement::Kind::with, line);
    while (now().kind != Token::Kind::block_end) {
      if (!node->bindings.empty()) expect_sign(",");
      ExpressionPtr target = assignment_target();
      expect_sign("=");
      node->bindings.emplace_back(std::move(target), expression());
    }
    body(node->body, {"endwith"});
    return node;
  }

  // There is nothing to inherit from, so a block is its body.
  StatementPtr block(int line) {
    StatementPtr node = make(Statement::Kind::scope, line);
    const std::string name = expect_name();
    if (!blocks_.insert(name).second) refuse(line, "the block '{}' is defined twice", name);
    skip_name("scoped");
    if (skip_name("required")) refuse(line, "a required block is not supported: nothing fills it");
    const Escaping outside = std::exchange(escaping_, Escaping::off);  // blocks are compiled apart
    body(node->body, {"endblock"});
    escaping_ = outside;
    skip_name(name);
    return node;
  }

  StatementPtr autoescape(int line) {
    StatementPtr node = make(Statement::Kind::autoescape, line);
    node->value = expression();
    const Escaping outside = escaping_;
    if (node->value->kind != Kind::constant)
      escaping_ = Escaping::asked;
    else if (escaping_ != Escaping::asked)
      escaping_ = truth(node->value->value) ? Escaping::on : Escaping::off;
    body(node->body, {"endautoescape"});
    escaping_ = outside;
    return node;
  }

  // What the model said, marked so that training can find it; its text is what it holds.
  StatementPtr generation(int line) {
    StatementPtr node = make(Statement::Kind::generation, line);
    body(node->body, {"endgeneration"});
    return node;
  }

  std::set<std::string> blocks_;
};

}  // namespace

Template parse(std::string_view source) {
  // NOTE: the longest published ones have some 30 KiB; what is parsed takes about a hundred times its source.
  require(source.size() <= kMaxSource, "a template of {} bytes is too long, {} are the most", source.size(),
          kMaxSource);
  Template out = Parser(tokenize(source)).run();
  find_scopes(out);
  return out;
}

}  // namespace millet::text::jinja
