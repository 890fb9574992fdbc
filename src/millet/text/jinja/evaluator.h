// Runs a template's tree.
#pragma once

#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "millet/text/jinja/ast.h"

namespace millet::text::jinja {

// The variables of one call of a function. A macro keeps those around its definition.
struct Activation {
  std::vector<Value> slots;
  Activation* outer = nullptr;
  bool kept = false;  // something refers to it that may outlive the call
};

class Loop;

class Evaluator {
 public:
  using Variables = std::map<std::string, Value, std::less<>>;

  Evaluator(const Template& whole, const Variables& variables, const std::tm& now, const Limits& limits);
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  // The rendered text. Throws Error "line N: what".
  std::string run();

  // ---- for filters, tests and functions
  Budget& budget() { return budget_; }
  const std::tm& now() const { return now_; }
  bool autoescape() const { return autoescape_; }
  // object.name and object[index] as Jinja's sandbox looks them up; undefined where there is nothing.
  Value attribute(const Value& object, std::string_view name);
  Value item(const Value& object, const Value& index);
  Value call(const Value& function, Arguments&& arguments);
  Value make_namespace(Arguments&& arguments);

  // ---- for macros and loops
  Value call_macro(const Statement& macro, Activation* around, Arguments&& arguments);
  Value run_recursive_loop(const Statement& loop, Activation* around, const Value& items, int64_t depth);
  // The items of `source` for which the loop's test holds.
  Iterator tested(const Statement& loop, Activation* around, Iterator source);

 private:
  enum class Flow : uint8_t { next, leave_loop, next_turn };
  class Call;  // an activation that is current as long as the Call lives

  Flow run(const Statements& statements);
  Flow run(const Statement& statement);
  Flow run_loop(const Statement& statement);
  Flow turns(const Statement& statement, const Value& items, int64_t depth, bool recursive);
  Flow run_with(const Statement& statement);
  Flow run_filter_block(const Statement& statement);
  Flow run_autoescape(const Statement& statement);
  Flow run_set_block(const Statement& statement);
  void run_call_block(const Statement& statement);
  bool escapes(Escaping escaping) const {
    return escaping == Escaping::on || (escaping == Escaping::asked && autoescape_);
  }
  Value joined(const Expression& e);
  void enter(const Scope& scope);
  void assign(const Expression& target, const Value& value);
  void write(std::string_view text);
  void write_text(const Value& value);
  Value macro(const Statement& statement);

  Value evaluate(const Expression& e);
  Value evaluate_uncounted(const Expression& e);
  Value name(const Expression& e);
  Value comparison(const Expression& e);
  Value slice(const Expression& e);
  Value dict(const Expression& e);
  Value call(const Expression& e, const Value* caller);
  Value apply_filter(const Expression& e, const Value& subject);
  Value filtered_text(const Expression& e, const Value& text);
  Arguments arguments(const CallArguments& given, const Value* caller = nullptr);  // that of a call block
  Value& slot(const Slot& slot);
  Activation& keep(std::unique_ptr<Activation> activation);

  const Template& whole_;
  const Variables& variables_;
  std::tm now_;
  Budget budget_;
  bool autoescape_ = false;
  int line_ = 1;  // where it is, for messages
  std::string* out_ = nullptr;
  Activation* here_ = nullptr;
  std::vector<std::unique_ptr<Activation>> kept_;
  std::vector<std::shared_ptr<Namespace>> namespaces_;
  std::vector<std::shared_ptr<Loop>> loops_;
};

}  // namespace millet::text::jinja
