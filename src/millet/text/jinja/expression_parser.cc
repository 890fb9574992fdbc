#include "millet/text/jinja/expression_parser.h"

#include <algorithm>
#include <set>

namespace millet::text::jinja {

namespace {

// Trees deeper than this are refused: what walks them recurses. Jinja's own limit, Python's recursion, is about as far.
constexpr int kMaxTree = 200;
constexpr int kMaxNesting = 60;

bool is_assignable(const Expression& target) {
  if (target.kind == Expression::Kind::tuple) {
    return std::all_of(target.parts.begin(), target.parts.end(), [](const auto& part) { return is_assignable(*part); });
  }
  return target.kind == Expression::Kind::name || target.kind == Expression::Kind::namespace_item;
}

}  // namespace

// ---- tokens

bool ExpressionParser::skip_sign(std::string_view sign) {
  if (!now().is_sign(sign)) return false;
  next();
  return true;
}

bool ExpressionParser::skip_name(std::string_view name) {
  if (!now().is_name(name)) return false;
  next();
  return true;
}

void ExpressionParser::expect_sign(std::string_view sign) {
  if (!skip_sign(sign)) refuse(now().line, "expected '{}', found {}", sign, describe(now()));
}

void ExpressionParser::expect(Token::Kind kind, std::string_view what) {
  if (now().kind != kind) refuse(now().line, "expected {}, found {}", what, describe(now()));
  next();
}

std::string ExpressionParser::expect_name() {
  if (now().kind != Token::Kind::name) refuse(now().line, "expected a name, found {}", describe(now()));
  return next().text;
}

ExpressionParser::Level::Level(ExpressionParser& parser) : parser_(parser) {
  if (parser.depth_ >= kMaxNesting) {
    parser.refuse(parser.now().line, "blocks and brackets are nested more than {} deep", kMaxNesting);
  }
  ++parser.depth_;
}

// ---- nodes

template <class... Parts>
ExpressionPtr ExpressionParser::make(Kind kind, int line, Parts... parts) {
  auto node = std::make_unique<Expression>();
  node->kind = kind;
  node->line = line;
  (node->parts.push_back(std::move(parts)), ...);
  measure(*node);
  return node;
}

void ExpressionParser::measure(Expression& node, const ExpressionPtr& part) const {
  if (part != nullptr) node.depth = std::max(node.depth, 1 + part->depth);
  if (node.depth > kMaxTree) refuse(node.line, "an expression is more than {} levels deep", kMaxTree);
}

void ExpressionParser::measure(Expression& node) const {
  auto count = [&](const ExpressionPtr& part) { measure(node, part); };
  for (const auto& part : node.parts) count(part);
  for (const auto& part : node.arguments.positional) count(part);
  for (const auto& [name, part] : node.arguments.keywords) count(part);
  count(node.arguments.more_positional);
  count(node.arguments.more_keywords);
}

// ---- from the loosest to the tightest

bool ExpressionParser::ends_tuple(Enders enders) const {
  if (now().kind == Token::Kind::print_end || now().kind == Token::Kind::block_end || now().is_sign(")")) return true;
  return std::any_of(enders.begin(), enders.end(), [&](std::string_view name) { return now().is_name(name); });
}

ExpressionPtr ExpressionParser::tuple_or_expression(bool with_condition, Enders enders, bool in_parentheses) {
  const int line = now().line;
  std::vector<ExpressionPtr> items;
  bool tuple = false;
  for (;;) {
    if (!items.empty()) expect_sign(",");
    if (ends_tuple(enders)) break;
    items.push_back(expression(with_condition));
    if (!now().is_sign(",")) break;
    tuple = true;
  }
  if (!tuple && !items.empty()) return std::move(items[0]);
  if (!tuple && !in_parentheses) refuse(now().line, "expected an expression, found {}", describe(now()));
  ExpressionPtr node = make(Kind::tuple, line);
  node->parts = std::move(items);
  measure(*node);
  return node;
}

ExpressionPtr ExpressionParser::expression(bool with_condition) {
  const Level level(*this);
  ExpressionPtr node = disjunction();
  while (with_condition && now().is_name("if")) {
    const int line = next().line;
    ExpressionPtr test = disjunction();
    ExpressionPtr otherwise = skip_name("else") ? expression() : nullptr;
    node = make(Kind::condition, line, std::move(node), std::move(test), std::move(otherwise));
  }
  return node;
}

ExpressionPtr ExpressionParser::disjunction() {
  ExpressionPtr node = conjunction();
  while (now().is_name("or")) {
    const int line = next().line;
    node = make(Kind::disjunction, line, std::move(node), conjunction());
  }
  return node;
}

ExpressionPtr ExpressionParser::conjunction() {
  ExpressionPtr node = negation();
  while (now().is_name("and")) {
    const int line = next().line;
    node = make(Kind::conjunction, line, std::move(node), negation());
  }
  return node;
}

ExpressionPtr ExpressionParser::negation() {
  if (!now().is_name("not")) return comparison();
  const Level level(*this);
  const int line = next().line;
  return make(Kind::negation, line, negation());
}

ExpressionPtr ExpressionParser::comparison() {
  static constexpr std::string_view signs[] = {"==", "!=", "<", "<=", ">", ">="};
  ExpressionPtr first = sum();
  ExpressionPtr node;
  for (;;) {
    const int line = now().line;
    std::string operation;
    if (now().kind == Token::Kind::sign &&
        std::find(std::begin(signs), std::end(signs), now().text) != std::end(signs)) {
      operation = next().text;
    } else if (skip_name("in")) {
      operation = "in";
    } else if (now().is_name("not") && ahead().is_name("in")) {
      next();
      next();
      operation = "not in";
    } else {
      break;
    }
    if (node == nullptr) node = make(Kind::comparison, line, std::move(first));
    node->operators.push_back(std::move(operation));
    node->parts.push_back(sum());
    measure(*node, node->parts.back());
  }
  return node == nullptr ? std::move(first) : std::move(node);
}

// Jinja folds it when it compiles.
static bool is_constant(const Expression& e) {
  using Kind = Expression::Kind;
  if (e.kind == Kind::name || e.kind == Kind::namespace_item || e.kind == Kind::call) return false;
  for (const std::string_view looked_up : {"map", "random", "reject", "rejectattr", "select", "selectattr"}) {
    if (e.kind == Kind::filter && e.name == looked_up) return false;
  }
  auto all = [](const auto& parts) {
    return std::all_of(parts.begin(), parts.end(), [](const auto& p) { return p == nullptr || is_constant(*p); });
  };
  return all(e.parts) && all(e.arguments.positional) && e.arguments.keywords.empty() &&
         e.arguments.more_positional == nullptr && e.arguments.more_keywords == nullptr;
}

ExpressionPtr ExpressionParser::sum() {
  ExpressionPtr node = concatenation();
  while (now().is_sign("+") || now().is_sign("-")) {
    const Token sign = next();
    node = make(Kind::arithmetic, sign.line, std::move(node), concatenation());
    node->name = sign.text;
  }
  return node;
}

ExpressionPtr ExpressionParser::concatenation() {
  ExpressionPtr first = product();
  if (!now().is_sign("~")) return first;
  ExpressionPtr node = make(Kind::concatenation, now().line, std::move(first));
  while (skip_sign("~")) node->parts.push_back(product());
  // NOTE: constants it joins as plain text, whether or not they escape.
  if (!is_constant(*node)) node->escaping = escaping_;
  measure(*node);
  return node;
}

ExpressionPtr ExpressionParser::product() {
  ExpressionPtr node = power();
  while (now().is_sign("*") || now().is_sign("/") || now().is_sign("//") || now().is_sign("%")) {
    const Token sign = next();
    node = make(Kind::arithmetic, sign.line, std::move(node), power());
    node->name = sign.text;
  }
  return node;
}

ExpressionPtr ExpressionParser::power() {
  ExpressionPtr node = unary();
  while (now().is_sign("**")) {
    const int line = next().line;
    ExpressionPtr exponent = unary();
    // NOTE: Jinja writes the constant -2 without brackets into Python's source, where ** binds tighter than the minus.
    const bool minus_last = is_constant(*node) && !is_constant(*exponent);
    node = make(Kind::arithmetic, line, std::move(node), std::move(exponent));
    node->name = minus_last ? "-**" : "**";
  }
  return node;
}

ExpressionPtr ExpressionParser::unary(bool with_filters) {
  ExpressionPtr node;
  if (now().is_sign("-") || now().is_sign("+")) {
    const Level level(*this);
    const Token sign = next();
    node = make(sign.text == "-" ? Kind::minus : Kind::plus, sign.line, unary(false));
  } else {
    node = primary();
  }
  node = postfix(std::move(node));
  return with_filters ? filter_or_test(std::move(node)) : std::move(node);
}

ExpressionPtr ExpressionParser::primary(bool namespaces) {
  const Token& token = now();
  const int line = token.line;
  ExpressionPtr node = make(Kind::constant, line);
  switch (token.kind) {
    case Token::Kind::name: {
      const std::string name = next().text;
      if (name == "true" || name == "True" || name == "false" || name == "False") {
        node->value = Value(name == "true" || name == "True");
      } else if (name == "none" || name == "None") {
        node->value = Value::none();
      } else {
        node->kind = Kind::name;
        node->name = name;
        if (namespaces && skip_sign(".")) {
          node->kind = Kind::namespace_item;
          node->value = Value(expect_name());
        }
      }
      return node;
    }
    case Token::Kind::string: {
      std::string text;
      while (now().kind == Token::Kind::string) text += next().text;
      node->value = Value(std::move(text));
      return node;
    }
    case Token::Kind::integer:
      node->value = Value(next().integer);
      return node;
    case Token::Kind::real:
      node->value = Value(next().real);
      return node;
    case Token::Kind::sign:
      if (skip_sign("(")) {
        ExpressionPtr inner = tuple_or_expression(true, {}, true);
        expect_sign(")");
        return inner;
      }
      if (token.is_sign("[")) return list();
      if (token.is_sign("{")) return dict();
      [[fallthrough]];
    default:
      refuse(line, "unexpected {}", describe(token));
  }
}

ExpressionPtr ExpressionParser::list() {
  ExpressionPtr node = make(Kind::list, now().line);
  expect_sign("[");
  while (!now().is_sign("]")) {
    if (!node->parts.empty()) expect_sign(",");
    if (now().is_sign("]")) break;
    node->parts.push_back(expression());
  }
  expect_sign("]");
  measure(*node);
  return node;
}

ExpressionPtr ExpressionParser::dict() {
  ExpressionPtr node = make(Kind::dict, now().line);
  expect_sign("{");
  while (!now().is_sign("}")) {
    if (!node->parts.empty()) expect_sign(",");
    if (now().is_sign("}")) break;
    node->parts.push_back(expression());
    expect_sign(":");
    node->parts.push_back(expression());
  }
  expect_sign("}");
  measure(*node);
  return node;
}

// ---- what stands behind

ExpressionPtr ExpressionParser::postfix(ExpressionPtr node) {
  for (;;) {
    if (now().is_sign(".") || now().is_sign("["))
      node = subscript(std::move(node));
    else if (now().is_sign("("))
      node = call(std::move(node));
    else
      return node;
  }
}

ExpressionPtr ExpressionParser::filter_or_test(ExpressionPtr node) {
  for (;;) {
    if (now().is_sign("|"))
      node = filters(std::move(node));
    else if (now().is_name("is"))
      node = test(std::move(node));
    else if (now().is_sign("("))
      node = call(std::move(node));
    else
      return node;
  }
}

ExpressionPtr ExpressionParser::subscript(ExpressionPtr object) {
  const Token sign = next();
  if (sign.text == "[") return subscribed(std::move(object), sign.line);
  if (now().kind == Token::Kind::integer) {
    ExpressionPtr index = make(Kind::constant, sign.line);
    index->value = Value(next().integer);
    return make(Kind::item, sign.line, std::move(object), std::move(index));
  }
  ExpressionPtr node = make(Kind::attribute, sign.line, std::move(object));
  node->name = expect_name();
  return node;
}

ExpressionPtr ExpressionParser::subscribed(ExpressionPtr object, int line) {
  std::vector<ExpressionPtr> items;
  while (!now().is_sign("]")) {
    if (!items.empty()) expect_sign(",");
    ExpressionPtr first = now().is_sign(":") ? nullptr : expression();
    if (!skip_sign(":")) {
      items.push_back(std::move(first));
      continue;
    }
    auto bound = [&] {
      return now().is_sign(":") || now().is_sign("]") || now().is_sign(",") ? nullptr : expression();
    };
    ExpressionPtr stop = bound();
    ExpressionPtr step = skip_sign(":") ? bound() : nullptr;
    if (!items.empty() || !now().is_sign("]")) refuse(line, "a slice stands alone in its brackets");
    next();
    return make(Kind::slice, line, std::move(object), std::move(first), std::move(stop), std::move(step));
  }
  expect_sign("]");
  if (items.size() == 1) return make(Kind::item, line, std::move(object), std::move(items[0]));
  ExpressionPtr index = make(Kind::tuple, line);
  index->parts = std::move(items);
  measure(*index);
  return make(Kind::item, line, std::move(object), std::move(index));
}

CallArguments ExpressionParser::call_arguments() {
  CallArguments out;
  const int line = now().line;
  expect_sign("(");
  bool first = true;
  while (!now().is_sign(")")) {
    if (!first) expect_sign(",");
    if (!first && now().is_sign(")")) break;
    first = false;
    bool fits = out.more_keywords == nullptr;
    if (skip_sign("*")) {
      fits = fits && out.more_positional == nullptr;
      out.more_positional = expression();
    } else if (skip_sign("**")) {
      out.more_keywords = expression();
    } else if (now().kind == Token::Kind::name && ahead().is_sign("=")) {
      std::string name = next().text;
      next();
      out.keywords.emplace_back(std::move(name), expression());
    } else {
      fits = fits && out.more_positional == nullptr && out.keywords.empty();
      out.positional.push_back(expression());
    }
    if (!fits) refuse(line, "the arguments of the call are out of order");
  }
  expect_sign(")");
  std::set<std::string_view> names;
  for (const auto& [name, value] : out.keywords) {
    if (!names.insert(name).second) refuse(line, "'{}' is given twice", name);
  }
  return out;
}

ExpressionPtr ExpressionParser::call(ExpressionPtr function) {
  const int line = now().line;
  ExpressionPtr node = make(Kind::call, line, std::move(function));
  node->arguments = call_arguments();
  measure(*node);
  return node;
}

std::string ExpressionParser::dotted_name() {
  std::string name = expect_name();
  while (skip_sign(".")) name += "." + expect_name();
  return name;
}

ExpressionPtr ExpressionParser::filters(ExpressionPtr node, bool begun) {
  while (begun || now().is_sign("|")) {
    if (!begun) next();
    begun = false;
    const int line = now().line;
    ExpressionPtr subject = std::move(node);
    node = make(Kind::filter, line, std::move(subject));
    node->name = dotted_name();
    if (now().is_sign("(")) node->arguments = call_arguments();
    measure(*node);
  }
  return node;
}

ExpressionPtr ExpressionParser::test(ExpressionPtr subject) {
  const int line = next().line;
  const bool negated = skip_name("not");
  ExpressionPtr node = make(Kind::test, line, std::move(subject));
  node->name = dotted_name();
  const Token& token = now();
  if (token.is_sign("(")) {
    node->arguments = call_arguments();
  } else if (token.kind == Token::Kind::name || token.kind == Token::Kind::string ||
             token.kind == Token::Kind::integer || token.kind == Token::Kind::real || token.is_sign("[") ||
             token.is_sign("{")) {
    if (token.is_name("is")) refuse(token.line, "tests cannot be chained with 'is'");
    if (!token.is_name("else") && !token.is_name("or") && !token.is_name("and")) {
      node->arguments.positional.push_back(postfix(primary()));
    }
  }
  measure(*node);
  return negated ? make(Kind::negation, line, std::move(node)) : std::move(node);
}

// ---- targets

ExpressionPtr ExpressionParser::simple_tuple(Enders enders, bool namespaces) {
  const Level level(*this);
  const int line = now().line;
  std::vector<ExpressionPtr> items;
  bool tuple = false;
  for (;;) {
    if (!items.empty()) expect_sign(",");
    if (ends_tuple(enders)) break;
    if (now().is_sign("(")) {
      next();
      items.push_back(simple_tuple({}, namespaces));
      expect_sign(")");
    } else {
      items.push_back(primary(namespaces));
    }
    if (!now().is_sign(",")) break;
    tuple = true;
  }
  if (!tuple && items.empty()) refuse(now().line, "expected a name to assign to, found {}", describe(now()));
  if (!tuple) return std::move(items[0]);
  ExpressionPtr node = make(Kind::tuple, line);
  node->parts = std::move(items);
  measure(*node);
  return node;
}

ExpressionPtr ExpressionParser::assignment_target(Enders enders, bool namespaces) {
  const int line = now().line;
  ExpressionPtr target = simple_tuple(enders, namespaces);
  if (!is_assignable(*target)) refuse(line, "this cannot be assigned to");
  return target;
}

}  // namespace millet::text::jinja
