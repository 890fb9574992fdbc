// A template as a tree.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millet/text/jinja/value.h"

namespace millet::text::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;
struct Statement;
using Statements = std::vector<std::unique_ptr<Statement>>;

// Where a variable lives: so many functions out, at that place. scopes.h finds it.
struct Slot {
  int out = 0;
  int index = 0;
};

// What `autoescape` says where a thing stands. An `asked` is known only when the template runs.
enum class Escaping : uint8_t { off, on, asked };

struct CallArguments {
  std::vector<ExpressionPtr> positional;
  std::vector<std::pair<std::string, ExpressionPtr>> keywords;
  ExpressionPtr more_positional;  // *these
  ExpressionPtr more_keywords;    // **these
};

struct Expression {
  enum class Kind : uint8_t {
    constant,
    name,            // name, slot
    namespace_item,  // name, slot, value = the attribute's name: in assignments alone
    tuple,
    list,
    dict,       // parts: key, value, key, value …
    attribute,  // parts[0].name
    item,       // parts[0][parts[1]]
    slice,      // parts[0][parts[1]:parts[2]:parts[3]], each of the last three may be null
    call,       // parts[0](arguments)
    filter,     // parts[0] | name(arguments); null parts[0]: the text of a block
    test,       // parts[0] is name(arguments)
    negation,   // not
    conjunction,
    disjunction,
    minus,
    plus,
    arithmetic,  // parts[0] name parts[1]: + - * / // % **; -**: the minus of parts[0] comes last
    concatenation,
    comparison,  // parts[0] operators[0] parts[1] operators[1] parts[2] …
    condition,   // parts[0] if parts[1] else parts[2]; null parts[2]: no else
  };
  Kind kind = Kind::constant;
  int line = 0;
  int depth = 1;
  Escaping escaping = Escaping::off;  // of a concatenation: on, it joins text as Markup
  std::string name;
  Value value;
  std::vector<ExpressionPtr> parts;
  std::vector<std::string> operators;
  CallArguments arguments;
  Slot slot;
};

// What a scope does with its variables when it is entered.
struct Load {
  enum class Action : uint8_t {
    resolve,  // from what the template was given
    copy,     // from an outer scope
    clear,    // nothing yet
  };
  Action action = Action::clear;
  int index = 0;     // of the variable
  std::string name;  // to resolve
  Slot from;         // to copy
};

struct Scope {
  std::vector<Load> loads;
};

struct Parameter {
  std::string name;
  ExpressionPtr initial;  // null: none
  int index = 0;
};

// What has variables of its own: macros, call blocks, recursive loops, the tests of loops.
struct FunctionBody {
  std::vector<Parameter> parameters;
  Scope scope;
  int slots = 0;
  int caller = -1, kwargs = -1, varargs = -1;  // the variables that it mentions without declaring them
};

struct Statement {
  enum class Kind : uint8_t {
    text,          // text
    print,         // value
    set,           // target = value
    set_block,     // target = the text of body, through value (a filter) if not null
    loop,          // for target in value if test; body, otherwise
    choice,        // if: branches
    macro,         // text = its name
    call_block,    // value = the call
    filter_block,  // value = the filter
    with,          // bindings
    scope,         // body: blocks
    generation,    // body, as of a call block
    autoescape,    // value; body
    leave_loop,
    next_turn,
    refusal,  // text says why
  };
  struct Branch {
    ExpressionPtr test;  // null: else
    Statements body;
  };

  Kind kind = Kind::text;
  Escaping escaping = Escaping::off;  // of what prints, of filter blocks and recursive loops
  int line = 0;
  std::string text;
  ExpressionPtr target, value, test;
  ExpressionPtr test_target;  // the target again, for the test's own variables
  bool recursive = false;
  Slot slot;  // of a macro's name, a loop's `loop`
  bool wants_loop = false;
  std::vector<Branch> branches;
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> bindings;
  Statements body, otherwise;
  Scope scope, otherwise_scope;
  FunctionBody function, test_function;
};

struct Template {
  Statements body;
  Scope scope;
  int slots = 0;
};

}  // namespace millet::text::jinja
