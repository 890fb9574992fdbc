#include "millet/text/jinja/loop.h"

#include <fmt/format.h>

#include "millet/text/jinja/evaluator.h"

namespace millet::text::jinja {

bool Loop::next(Value& item) {
  if (peeked_) {
    peeked_ = false;
    item = std::move(after_);
    if (item.is_missing()) return false;
  } else if (!items_(item)) {
    return false;
  }
  ++index0_;
  before_ = std::move(current_);
  current_ = item;
  return true;
}

void Loop::clear() {
  items_ = [](Value&) { return false; };
  before_ = current_ = after_ = Value();
  last_changed_.reset();
}

const Value& Loop::peek() {
  if (!peeked_) {
    after_ = Value();
    if (!items_(after_)) after_ = Value();
    peeked_ = true;
  }
  return after_;
}

// Without a known length all that is left is worked out now.
int64_t Loop::length(Budget& budget) const {
  if (length_) return *length_;
  Values rest;
  Value item;
  while (items_(item)) {
    budget.make(sizeof(Value));
    rest.push_back(item);
  }
  length_ = static_cast<int64_t>(rest.size()) + index0_ + 1 + (peeked_ && !after_.is_missing() ? 1 : 0);
  items_ = jinja::iterate(List::make(std::move(rest)));
  return *length_;
}

Iterator Loop::iterate() {
  return [this](Value& out) {
    Value item;
    if (!next(item)) return false;
    out = List::tuple({std::move(item), Value(std::shared_ptr<Object>(shared_from_this()))});
    return true;
  };
}

std::string Loop::repr(Budget& budget) const {
  return fmt::format("<LoopContext {}/{}>", index0_ + 1, length(budget));
}

bool Loop::changed(Values values, Budget& budget) {
  if (last_changed_ && equal(List::tuple(*last_changed_), List::tuple(values), budget)) return false;
  last_changed_ = std::move(values);
  return true;
}

std::unique_ptr<Value> Loop::attribute(Evaluator& evaluator, std::string_view name) {
  auto value = [](Value v) { return std::make_unique<Value>(std::move(v)); };
  Budget& budget = evaluator.budget();
  if (name == "index") return value({index0_ + 1});
  if (name == "index0") return value({index0_});
  if (name == "first") return value({index0_ == 0});
  if (name == "last") return value({peek().is_missing()});
  if (name == "length") return value({length(budget)});
  if (name == "revindex") return value({length(budget) - index0_});
  if (name == "revindex0") return value({length(budget) - index0_ - 1});
  if (name == "depth") return value({depth0_ + 1});
  if (name == "depth0") return value({depth0_});
  if (name == "previtem") return value(index0_ == 0 ? Value::undefined("there is no previous item") : before_);
  if (name == "nextitem") return value(peek().is_missing() ? Value::undefined("there is no next item") : peek());
  if (name != "cycle" && name != "changed") return nullptr;
  // NOTE: the evaluator keeps every loop until the end, so these may be called after it, too.
  auto call = [this, cycles = name == "cycle"](Evaluator& e, Arguments&& arguments) {
    require(arguments.keywords.empty(), "loop.cycle and loop.changed take no keywords");
    if (!cycles) return Value(changed(std::move(arguments.positional), e.budget()));
    require(!arguments.positional.empty(), "no items for cycling given");
    return arguments.positional[static_cast<size_t>(std::max<int64_t>(index0_, 0)) % arguments.positional.size()];
  };
  return value(Value(std::shared_ptr<Object>(std::make_shared<Function>("loop." + std::string(name), call))));
}

Value Loop::call(Evaluator& evaluator, Arguments&& arguments) {
  require(statement_ != nullptr, "the loop must have the 'recursive' marker to be called recursively");
  require(arguments.positional.size() == 1 && arguments.keywords.empty(), "loop() takes the items alone");
  return {evaluator.run_recursive_loop(*statement_, around_, arguments.positional[0], depth0_ + 1)};
}

}  // namespace millet::text::jinja
