#include "millet/text/jinja/methods.h"

#include <algorithm>
#include <span>

#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/operators.h"
#include "millet/text/jinja/text.h"

namespace millet::text::jinja {
namespace {

// ---- lists and dicts

Value count_of(Evaluator& e, const Value& self, const Bound& a) {
  int64_t n = 0;
  for (const Value& item : self.list()->items()) n += equal(item, a[0], e.budget()) ? 1 : 0;
  return {n};
}

Value index_of(Evaluator& e, const Value& self, const Bound& a) {
  const Values& items = self.list()->items();
  const Slice range = slice_of(a.integer_or(1, 0), a.integer_or(2, static_cast<int64_t>(items.size())), {},
                               static_cast<int64_t>(items.size()));
  for (int64_t i = range.start; i < range.start + range.count; ++i) {
    if (equal(items[static_cast<size_t>(i)], a[0], e.budget())) return {i};
  }
  fail("the value is not in the {}", self.type());
}

Value itself(Evaluator&, const Value& self, const Bound&) {  // copy(): nothing here ever changes
  return self;
}

Value get(Evaluator& e, const Value& self, const Bound& a) {
  e.budget().look(key_size(a[0]));
  const Value* value = self.dict()->find(a[0]);
  return value != nullptr ? *value : a.has(1) ? a[1] : Value::none();
}

Value view(Evaluator& e, const Value& self, List::Kind kind) {
  Values items;
  e.budget().make(self.dict()->size() * sizeof(Value) * (kind == List::Kind::items ? 3 : 1));
  for (const auto& [key, value] : self.dict()->entries()) {
    items.push_back(kind == List::Kind::keys ? key : kind == List::Kind::values ? value : List::tuple({key, value}));
  }
  return List::make(std::move(items), kind);
}

constexpr std::string_view kChangingList[] = {"append", "clear",  "extend",  "insert",
                                              "pop",    "remove", "reverse", "sort"};
constexpr std::string_view kChangingDict[] = {"clear", "pop", "popitem", "setdefault", "update"};

std::span<const Method> list_methods() {
  static const Method rows[] = {
      {"copy", itself}, {"count", count_of, {{"value"}, 1}}, {"index", index_of, {{"value", "start", "stop"}, 1}}};
  return rows;
}

Value from_keys(Evaluator& e, const Value&, const Bound& a) {
  Dict out;
  for (const Value& key : items_of(a[0], e.budget())) {
    e.budget().make(kEntryBytes + key_size(key));
    out.set(key, a.has(1) ? a[1] : Value::none());
  }
  return Dict::make(std::move(out));
}

std::span<const Method> dict_methods() {
  static const Method rows[] = {
      {"copy", itself},
      {"fromkeys", from_keys, {{"iterable", "value"}, 1}},
      {"get", get, {{"key", "default"}, 1}},
      {"items", [](Evaluator& e, const Value& self, const Bound&) { return view(e, self, List::Kind::items); }},
      {"keys", [](Evaluator& e, const Value& self, const Bound&) { return view(e, self, List::Kind::keys); }},
      {"values", [](Evaluator& e, const Value& self, const Bound&) { return view(e, self, List::Kind::values); }},
  };
  return rows;
}

const Method* find(std::span<const Method> rows, std::string_view name) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const Method& row) { return row.name == name; });
  return at == rows.end() ? nullptr : &*at;
}

// ---- binding

class BoundMethod final : public Object {
 public:
  BoundMethod(Value self, const Method& method) : self_(std::move(self)), method_(method) {}
  std::string_view type() const override { return "builtin_function_or_method"; }
  std::string repr(Budget&) const override {
    return fmt::format("<built-in method {} of {} object>", method_.name, self_.type());
  }
  bool callable() const override { return true; }
  int depth() const override { return self_.depth(); }
  Value call(Evaluator& evaluator, Arguments&& arguments) override {
    if (method_.call_any != nullptr) return method_.call_any(evaluator, self_, std::move(arguments));
    require(method_.call != nullptr, "the method '{}' is not supported", method_.name);
    return method_.call(evaluator, self_, Bound(method_.name, method_.parameters, std::move(arguments)));
  }

 private:
  Value self_;
  const Method& method_;
};

std::unique_ptr<Value> bound(const Value& object, const Method* method) {
  if (method == nullptr) return nullptr;
  return std::make_unique<Value>(std::shared_ptr<Object>(std::make_shared<BoundMethod>(object, *method)));
}

std::unique_ptr<Value> unsafe(const Value& object, std::string_view name) {
  return std::make_unique<Value>(
      Value::undefined(fmt::format("access to attribute '{}' of '{}' object is unsafe.", name, object.type())));
}

std::unique_ptr<Value> list_attribute(const Value& object, std::string_view name) {
  const List& list = *object.list();
  auto value = [](Value v) { return std::make_unique<Value>(std::move(v)); };
  if (list.is_view()) return nullptr;
  if (list.kind() == List::Kind::list) {
    if (std::find(std::begin(kChangingList), std::end(kChangingList), name) != std::end(kChangingList)) {
      return unsafe(object, name);
    }
    return bound(object, find(list_methods(), name));
  }
  if (list.kind() == List::Kind::group && name == "grouper") return value(list.items()[0]);
  if (list.kind() == List::Kind::group && name == "list") return value(list.items()[1]);
  if (list.kind() == List::Kind::range) {
    static constexpr std::string_view names[] = {"start", "stop", "step"};
    for (size_t i = 0; i < 3; ++i) {
      if (names[i] == name) return value(Value(list.bounds[i]));
    }
  }
  return name == "copy" ? nullptr : bound(object, find(list_methods(), name));
}

}  // namespace

std::unique_ptr<Value> builtin_attribute(const Value& object, std::string_view name) {
  // NOTE: what begins and ends with two underscores leads into Python's own machinery; nothing of it is here.
  if (name.starts_with("__") && name.ends_with("__")) return unsafe(object, name);
  if (object.is_text()) return bound(object, find_string_method(name));
  if (object.list() != nullptr) return list_attribute(object, name);
  if (object.is_dict()) {
    if (std::find(std::begin(kChangingDict), std::end(kChangingDict), name) != std::end(kChangingDict)) {
      return unsafe(object, name);
    }
    return bound(object, find(dict_methods(), name));
  }
  if (object.is_number() && name == "real") return std::make_unique<Value>(object);
  if (object.is_integral() && name == "numerator") return std::make_unique<Value>(object.integer());
  if (object.is_integral() && name == "denominator") return std::make_unique<Value>(int64_t{1});
  if (object.is_number() && name == "imag") {
    return std::make_unique<Value>(object.is_integral() ? Value(int64_t{0}) : Value(0.0));
  }
  return nullptr;
}

}  // namespace millet::text::jinja
