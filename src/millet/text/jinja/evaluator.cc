#include "millet/text/jinja/evaluator.h"

#include <algorithm>

#include "millet/text/jinja/filters.h"
#include "millet/text/jinja/globals.h"
#include "millet/text/jinja/loop.h"
#include "millet/text/jinja/methods.h"
#include "millet/text/jinja/operators.h"
#include "millet/text/jinja/print.h"
#include "millet/text/jinja/tests.h"

namespace millet::text::jinja {

namespace {

class Macro final : public Object {
 public:
  Macro(const Statement& statement, Activation* around) : statement_(statement), around_(around) {}
  std::string_view type() const override { return "Macro"; }
  std::string repr(Budget&) const override {
    return statement_.kind == Statement::Kind::macro ? "<Macro " + in_quotes(statement_.text) + ">"
                                                     : "<Macro anonymous>";
  }
  bool callable() const override { return true; }
  Value call(Evaluator& evaluator, Arguments&& arguments) override {
    return evaluator.call_macro(statement_, around_, std::move(arguments));
  }
  std::unique_ptr<Value> attribute(Evaluator&, std::string_view name) override {
    if (name == "name") {
      const bool named = statement_.kind == Statement::Kind::macro;
      return std::make_unique<Value>(named ? Value(statement_.text) : Value::none());
    }
    if (name == "arguments") {
      Values names;
      for (const Parameter& p : statement_.function.parameters) names.emplace_back(p.name);
      return std::make_unique<Value>(List::tuple(std::move(names)));
    }
    return nullptr;
  }

 private:
  const Statement& statement_;
  Activation* around_;
};

// "'dict object' has no attribute 'x'", as Jinja says it.
Value nothing_there(const Value& object, const Value& index, Budget& budget) {
  const std::string owner = object.is_none() ? "None" : fmt::format("{} object", object.type());
  budget.make(owner.size() + 64);
  if (index.is_text())
    return Value::undefined(fmt::format("'{}' has no attribute {}", owner, in_quotes(beginning_of(index.text()))));
  return Value::undefined(fmt::format("{} has no element {}", owner, repr(index, budget)));
}

}  // namespace

// The activation lives as long as the Call, or as the whole evaluation where something keeps it.
class Evaluator::Call {
 public:
  Call(Evaluator& evaluator, int slots, Activation* outer)
      : evaluator_(evaluator), before_(evaluator.here_), own_(std::make_unique<Activation>()) {
    evaluator.budget_.make(static_cast<size_t>(slots) * sizeof(Value) + sizeof(Activation));
    own_->slots.resize(static_cast<size_t>(slots));
    own_->outer = outer;
    evaluator.here_ = own_.get();
  }
  ~Call() {
    evaluator_.here_ = before_;
    if (own_->kept) evaluator_.kept_.push_back(std::move(own_));
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  Evaluator& evaluator_;
  Activation* before_;
  std::unique_ptr<Activation> own_;
};

Evaluator::Evaluator(const Template& whole, const Variables& variables, const std::tm& now, const Limits& limits)
    : whole_(whole), variables_(variables), now_(now), budget_(limits) {}

Evaluator::~Evaluator() {
  // Namespaces, loops and the variables of functions can hold one another in circles. All are still held here, so
  // emptying one never destroys another.
  for (const auto& ns : namespaces_) ns->clear();
  for (const auto& loop : loops_) loop->clear();
  for (const auto& activation : kept_) activation->slots.clear();
}

std::string Evaluator::run() {
  std::string out;
  out_ = &out;
  try {
    const Call call(*this, whole_.slots, nullptr);
    here_->kept = true;  // macros refer to it
    enter(whole_.scope);
    run(whole_.body);
  } catch (const Error& error) {
    throw error.within(fmt::format("line {}", line_));
  }
  return out;
}

// ---- statements

void Evaluator::write(std::string_view text) {
  budget_.make(text.size());
  budget_.output(out_->size() + text.size());
  *out_ += text;
}

// What a block gives is not made a text: Jinja joins it with the others as it is.
void Evaluator::write_text(const Value& value) {
  require(value.is_text(), "expected str instance, {} found", value.type());
  write(value.text());
}

void Evaluator::enter(const Scope& scope) {
  budget_.step(static_cast<int64_t>(scope.loads.size()));
  for (const Load& load : scope.loads) {
    Value& into = here_->slots[static_cast<size_t>(load.index)];
    switch (load.action) {
      case Load::Action::clear:
        into = Value();
        break;
      case Load::Action::copy:
        into = slot(load.from);
        break;
      case Load::Action::resolve: {
        const auto given = variables_.find(load.name);
        into = given != variables_.end() ? given->second : global(load.name);
      }
    }
  }
}

Evaluator::Flow Evaluator::run(const Statements& statements) {
  for (const auto& statement : statements) {
    if (const Flow flow = run(*statement); flow != Flow::next) return flow;
  }
  return Flow::next;
}

Evaluator::Flow Evaluator::run(const Statement& s) {
  const Budget::Level level(budget_);
  budget_.step();
  line_ = s.line;
  switch (s.kind) {
    case Statement::Kind::text:
      write(s.text);
      break;
    case Statement::Kind::print: {
      Value value = evaluate(*s.value);
      if (escapes(s.escaping)) value = escaped(value, budget_);
      if (value.is_text())
        write(value.text());
      else
        write(str(value, budget_));
      break;
    }
    case Statement::Kind::set:
      assign(*s.target, evaluate(*s.value));
      break;
    case Statement::Kind::set_block:
      return run_set_block(s);
    case Statement::Kind::loop:
      return run_loop(s);
    case Statement::Kind::choice:
      for (const auto& branch : s.branches) {
        if (branch.test == nullptr || truth(evaluate(*branch.test))) return run(branch.body);
      }
      break;
    case Statement::Kind::macro:
      slot(s.slot) = macro(s);
      break;
    case Statement::Kind::call_block:
      run_call_block(s);
      break;
    case Statement::Kind::generation:
      write(call(macro(s), {}).text());
      break;
    case Statement::Kind::filter_block:
      return run_filter_block(s);
    case Statement::Kind::with:
      return run_with(s);
    case Statement::Kind::scope:
      enter(s.scope);
      return run(s.body);
    case Statement::Kind::autoescape:
      return run_autoescape(s);
    case Statement::Kind::leave_loop:
      return Flow::leave_loop;
    case Statement::Kind::next_turn:
      return Flow::next_turn;
    case Statement::Kind::refusal:
      fail("{}", s.text);
  }
  return Flow::next;
}

void Evaluator::assign(const Expression& target, const Value& value) {
  budget_.step();
  if (target.kind == Expression::Kind::name) {
    slot(target.slot) = value;
    return;
  }
  if (target.kind == Expression::Kind::namespace_item) {
    auto* ns = dynamic_cast<Namespace*>(slot(target.slot).object());
    require(ns != nullptr, "cannot assign attribute on non-namespace object");
    ns->set(target.value, value);
    return;
  }
  const Values items = items_of(value, budget_);
  require(items.size() == target.parts.size(), "{} values to unpack (expected {}, got {})",
          items.size() < target.parts.size() ? "not enough" : "too many", target.parts.size(), items.size());
  for (size_t i = 0; i < items.size(); ++i) assign(*target.parts[i], items[i]);
}

Evaluator::Flow Evaluator::run_set_block(const Statement& s) {
  enter(s.scope);
  std::string text;
  std::string* const before = std::exchange(out_, &text);
  const Flow flow = run(s.body);
  out_ = before;
  if (flow != Flow::next) return flow;
  Value value(std::move(text), s.value == nullptr ? autoescape_ : escapes(s.escaping));
  if (s.value != nullptr) value = filtered_text(*s.value, value);
  if (autoescape_) value = Value(str(value, budget_), true);
  assign(*s.target, value);
  return Flow::next;
}

Evaluator::Flow Evaluator::run_filter_block(const Statement& s) {
  enter(s.scope);
  std::string text;
  std::string* const before = std::exchange(out_, &text);
  const Flow flow = run(s.body);
  out_ = before;
  if (flow == Flow::next) write_text(filtered_text(*s.value, Value(std::move(text), escapes(s.escaping))));
  return flow;
}

// NOTE: break and continue leave it as it is, as in Jinja's generated code.
Evaluator::Flow Evaluator::run_autoescape(const Statement& s) {
  enter(s.scope);
  const bool before = autoescape_;
  autoescape_ = truth(evaluate(*s.value));
  const Flow flow = run(s.body);
  if (flow == Flow::next) autoescape_ = before;
  return flow;
}

Evaluator::Flow Evaluator::run_with(const Statement& s) {
  enter(s.scope);
  for (const auto& [target, value] : s.bindings) assign(*target, evaluate(*value));
  return run(s.body);
}

Evaluator::Flow Evaluator::run_loop(const Statement& s) {
  const Value items = evaluate(*s.value);
  if (!s.recursive) return turns(s, items, 0, false);
  write(run_recursive_loop(s, here_, items, 0).text());
  return Flow::next;
}

Value Evaluator::run_recursive_loop(const Statement& s, Activation* around, const Value& items, int64_t depth) {
  const Budget::Level level(budget_);
  std::string text;
  std::string* const before = std::exchange(out_, &text);
  for (Activation* a = around; a != nullptr; a = a->outer) a->kept = true;
  {
    const Call call(*this, s.function.slots, around);
    turns(s, items, depth, true);
  }
  out_ = before;
  return {std::move(text), escapes(s.escaping)};
}

static std::optional<int64_t> known_length(const Value& items) {
  if (items.object() != nullptr) return {};
  return length(items);
}

Evaluator::Flow Evaluator::turns(const Statement& s, const Value& items, int64_t depth, bool recursive) {
  Activation* const around = recursive ? here_->outer : here_;
  Iterator source = iterate(items);
  std::optional<int64_t> sized = known_length(items);
  if (s.test != nullptr) {
    source = tested(s, around, std::move(source));
    sized.reset();
  }
  const auto loop = std::make_shared<Loop>(std::move(source), sized, depth);
  if (recursive) loop->set_recursion(&s, around);
  if (s.wants_loop) {
    budget_.make(sizeof(Loop));
    loops_.push_back(loop);
  }
  bool turned = false;
  for (Value item; loop->next(item);) {
    budget_.step();
    enter(s.scope);
    if (s.wants_loop) slot(s.slot) = Value(std::shared_ptr<Object>(loop));
    assign(*s.target, item);
    const Flow flow = run(s.body);
    if (flow == Flow::leave_loop) break;
    // NOTE: a turn that `continue` ends does not count for `else`; Jinja's generated code has it so.
    if (flow == Flow::next) turned = true;
  }
  if (turned) return Flow::next;
  enter(s.otherwise_scope);
  return run(s.otherwise);
}

// The test's variables are its own; it is asked when an item is wanted, and may see what earlier turns have done.
Iterator Evaluator::tested(const Statement& s, Activation* around, Iterator source) {
  for (Activation* a = around; a != nullptr; a = a->outer) a->kept = true;
  auto own = std::make_unique<Activation>();
  budget_.make(static_cast<size_t>(s.test_function.slots) * sizeof(Value) + sizeof(Activation));
  own->slots.resize(static_cast<size_t>(s.test_function.slots));
  own->outer = around;
  Activation* const variables = own.get();
  kept_.push_back(std::move(own));
  return [this, &s, variables, source = std::move(source), begun = false](Value& item) mutable {
    const Budget::Level level(budget_);
    Activation* const before = std::exchange(here_, variables);
    if (!std::exchange(begun, true)) enter(s.test_function.scope);
    bool found = false;
    while (!found && source(item)) {
      assign(*s.test_target, item);
      found = truth(evaluate(*s.test));
    }
    here_ = before;
    return found;
  };
}

// ---- macros

Value Evaluator::macro(const Statement& s) {
  for (Activation* a = here_; a != nullptr; a = a->outer) a->kept = true;
  budget_.make(sizeof(Macro));
  return Value(std::shared_ptr<Object>(std::make_shared<Macro>(s, here_)));
}

Value Evaluator::call_macro(const Statement& s, Activation* around, Arguments&& arguments) {
  const Budget::Level level(budget_);
  const FunctionBody& f = s.function;
  const int line = line_;
  const bool safe = autoescape_;  // where it is called
  auto take = [&](std::string_view name) {
    const auto at = std::find_if(arguments.keywords.begin(), arguments.keywords.end(),
                                 [&](const auto& keyword) { return keyword.first == name; });
    if (at == arguments.keywords.end()) return Value();
    Value value = std::move(at->second);
    arguments.keywords.erase(at);
    return value;
  };
  std::string text;
  std::string* const before = std::exchange(out_, &text);
  {
    const Call call(*this, f.slots, around);
    enter(f.scope);
    auto variable = [&](int index) -> Value& { return here_->slots[static_cast<size_t>(index)]; };
    const size_t given = std::min(arguments.positional.size(), f.parameters.size());
    budget_.step(static_cast<int64_t>((f.parameters.size() + 4) * (arguments.keywords.size() + 4) / 16));
    for (size_t i = 0; i < f.parameters.size(); ++i) {
      variable(f.parameters[i].index) = i < given ? arguments.positional[i] : take(f.parameters[i].name);
    }
    if (f.caller >= 0) {
      const Value caller = take("caller");
      variable(f.caller) = caller.is_missing() ? Value::undefined("No caller defined") : caller;
    }
    if (f.kwargs >= 0) {
      Dict kwargs;
      for (auto& [name, value] : arguments.keywords) {
        budget_.make(kEntryBytes + name.size());
        kwargs.set(Value(name), std::move(value));
      }
      variable(f.kwargs) = Dict::make(std::move(kwargs));
    } else if (!arguments.keywords.empty()) {
      fail("macro '{}' takes no keyword argument '{}'", s.text, arguments.keywords[0].first);
    }
    if (f.varargs >= 0) {
      variable(f.varargs) =
          List::tuple({arguments.positional.begin() + static_cast<int64_t>(given), arguments.positional.end()});
    } else {
      require(arguments.positional.size() <= f.parameters.size(), "macro '{}' takes not more than {} argument(s)",
              s.text, f.parameters.size());
    }
    for (const Parameter& p : f.parameters) {
      if (!variable(p.index).is_missing()) continue;
      if (p.initial == nullptr) budget_.make(p.name.size() + 64);
      Value value = p.initial != nullptr ? evaluate(*p.initial)
                                         : Value::undefined(fmt::format("parameter '{}' was not provided", p.name));
      variable(p.index) = std::move(value);
    }
    run(s.body);
  }
  out_ = before;
  line_ = line;
  return {std::move(text), safe};
}

void Evaluator::run_call_block(const Statement& s) {
  const Value caller = macro(s);
  write_text(call(*s.value, &caller));
}

// ---- expressions

Value& Evaluator::slot(const Slot& slot) {
  Activation* a = here_;
  for (int i = 0; i < slot.out; ++i) a = a->outer;
  return a->slots[static_cast<size_t>(slot.index)];
}

Value Evaluator::evaluate(const Expression& e) {
  const Budget::Level level(budget_);
  budget_.step();
  return evaluate_uncounted(e);
}

Value Evaluator::evaluate_uncounted(const Expression& e) {
  using Kind = Expression::Kind;
  switch (e.kind) {
    case Kind::constant:
      return e.value;
    case Kind::name:
    case Kind::namespace_item:
      return name(e);
    case Kind::tuple:
    case Kind::list: {
      Values items;
      budget_.make(e.parts.size() * sizeof(Value));
      for (const auto& part : e.parts) items.push_back(evaluate(*part));
      return List::make(std::move(items), e.kind == Kind::list ? List::Kind::list : List::Kind::tuple);
    }
    case Kind::dict:
      return dict(e);
    case Kind::attribute:
      return attribute(evaluate(*e.parts[0]), e.name);
    case Kind::item: {
      const Value object = evaluate(*e.parts[0]);
      return item(object, evaluate(*e.parts[1]));
    }
    case Kind::slice:
      return slice(e);
    case Kind::call:
      return call(e, nullptr);
    case Kind::filter:
      return apply_filter(e, evaluate(*e.parts[0]));
    case Kind::test: {
      const Value subject = evaluate(*e.parts[0]);
      return {test(*this, e.name, subject, arguments(e.arguments))};
    }
    case Kind::negation:
      return {!truth(evaluate(*e.parts[0]))};
    case Kind::conjunction: {
      Value left = evaluate(*e.parts[0]);
      return truth(left) ? evaluate(*e.parts[1]) : left;
    }
    case Kind::disjunction: {
      Value left = evaluate(*e.parts[0]);
      return truth(left) ? left : evaluate(*e.parts[1]);
    }
    case Kind::minus:
      return negated(evaluate(*e.parts[0]));
    case Kind::plus:
      return positive(evaluate(*e.parts[0]));
    case Kind::arithmetic: {
      const Value left = evaluate(*e.parts[0]);
      const Value right = evaluate(*e.parts[1]);
      line_ = e.line;
      return arithmetic(e.name, left, right, budget_);
    }
    case Kind::concatenation:
      return joined(e);
    case Kind::comparison:
      return comparison(e);
    case Kind::condition:
      if (truth(evaluate(*e.parts[1]))) return evaluate(*e.parts[0]);
      if (e.parts[2] != nullptr) return evaluate(*e.parts[2]);
      return Value::undefined("the inline if-expression evaluated to false and no else section was defined");
  }
  return {};
}

// Where Jinja knows that it escapes, one part of Markup makes the others so; where that is asked, it never does.
Value Evaluator::joined(const Expression& e) {
  Values parts;
  bool safe = false;
  for (const auto& part : e.parts) {
    parts.push_back(soft_str(evaluate(*part), budget_));
    safe = safe || (e.escaping == Escaping::on && parts.back().is_safe());
  }
  std::string text;
  for (const Value& part : parts) {
    budget_.make(part.text().size());
    text += safe ? escaped(part, budget_).text() : part.text();
  }
  return {std::move(text), safe};
}

Value Evaluator::name(const Expression& e) {
  const Value& value = slot(e.slot);
  if (!value.is_missing()) return value;
  budget_.make(e.name.size() + 64);
  return Value::undefined(fmt::format("'{}' is undefined", e.name));
}

Value Evaluator::comparison(const Expression& e) {
  Value left = evaluate(*e.parts[0]);
  for (size_t i = 0; i < e.operators.size(); ++i) {
    Value right = evaluate(*e.parts[i + 1]);
    line_ = e.line;
    if (!compare(e.operators[i], left, right, budget_)) return {false};
    left = std::move(right);
  }
  return {true};
}

Value Evaluator::slice(const Expression& e) {
  Value parts[4];
  for (size_t i = 0; i < 4; ++i) {
    if (e.parts[i] != nullptr) parts[i] = evaluate(*e.parts[i]);
  }
  line_ = e.line;
  return jinja::slice(parts[0], parts[1], parts[2], parts[3], budget_);
}

Value Evaluator::dict(const Expression& e) {
  Dict out;
  for (size_t i = 0; i < e.parts.size(); i += 2) {
    Value key = evaluate(*e.parts[i]);
    budget_.make(kEntryBytes + key_size(key));
    out.set(std::move(key), evaluate(*e.parts[i + 1]));
  }
  return Dict::make(std::move(out));
}

Arguments Evaluator::arguments(const CallArguments& given, const Value* caller) {
  Arguments out;
  for (const auto& part : given.positional) out.positional.push_back(evaluate(*part));
  for (const auto& [name, part] : given.keywords) {
    budget_.look(name.size());
    out.keywords.emplace_back(name, evaluate(*part));
  }
  if (caller != nullptr) out.keywords.emplace_back("caller", *caller);
  if (given.more_positional != nullptr) {
    const Values more = items_of(evaluate(*given.more_positional), budget_);
    out.positional.insert(out.positional.end(), more.begin(), more.end());
  }
  if (given.more_keywords != nullptr) {
    const Value more = evaluate(*given.more_keywords);
    require(more.is_dict(), "what stands behind ** must be a dict, not {}", more.type());
    for (const auto& [key, value] : more.dict()->entries()) {
      require(key.is_text(), "keywords must be strings");
      const bool twice = std::any_of(out.keywords.begin(), out.keywords.end(),
                                     [&, &k = key](const auto& keyword) { return keyword.first == k.text(); });
      require(!twice, "got multiple values for keyword argument '{}'", key.text());
      budget_.step(static_cast<int64_t>(out.keywords.size()));
      out.keywords.emplace_back(key.text(), value);
    }
  }
  return out;
}

Value Evaluator::call(const Expression& e, const Value* caller) {
  const Value function = evaluate(*e.parts[0]);
  Arguments given = arguments(e.arguments, caller);
  line_ = e.line;
  return call(function, std::move(given));
}

Value Evaluator::call(const Value& function, Arguments&& given) {
  const Budget::Level level(budget_);
  require_defined(function);
  require(function.object() != nullptr, "'{}' object is not callable", function.type());
  const auto keep = function.shared_object();
  return keep->call(*this, std::move(given));
}

Value Evaluator::apply_filter(const Expression& e, const Value& subject) {
  Arguments given = arguments(e.arguments);
  line_ = e.line;
  return filter(*this, e.name, subject, std::move(given));
}

// The filters of a block: the innermost has the block's text as its subject.
Value Evaluator::filtered_text(const Expression& e, const Value& text) {
  return apply_filter(e, e.parts[0] == nullptr ? text : filtered_text(*e.parts[0], text));
}

Value Evaluator::attribute(const Value& object, std::string_view name) {
  require_defined(object);
  budget_.look(name.size() * 2);
  if (Object* o = object.object()) {
    if (name.starts_with("_")) {
      return Value::undefined(fmt::format("access to attribute '{}' of '{}' object is unsafe.", name, object.type()));
    }
    if (auto value = o->attribute(*this, name)) return *value;
    return nothing_there(object, Value(name), budget_);
  }
  if (auto value = builtin_attribute(object, name)) return *value;
  if (const Dict* dict = object.dict()) {
    if (const Value* value = dict->find(name)) return *value;
  }
  return nothing_there(object, Value(name), budget_);
}

Value Evaluator::item(const Value& object, const Value& index) {
  require_defined(object);
  if (auto value = jinja::item(object, index, budget_)) return *value;
  return index.is_text() ? attribute(object, index.text()) : nothing_there(object, index, budget_);
}

}  // namespace millet::text::jinja
