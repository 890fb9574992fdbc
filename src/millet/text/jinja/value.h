// Values as a template sees them: Python's, as far as JSON, Jinja's own objects and the methods of strings, lists and
// dicts lead. Lists and dicts never change, so a value can be shared and no cycle can be made of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "millet/io/json.h"
#include "millet/text/jinja/budget.h"

namespace millet::text::jinja {

class Value;
class Evaluator;
class List;
class Dict;
using Values = std::vector<Value>;

// The arguments of a call, filter or test.
struct Arguments {
  Values positional;
  std::vector<std::pair<std::string, Value>> keywords;
};

// Gives the next item; false: there is none.
using Iterator = std::function<bool(Value&)>;

// What is neither data nor undefined: namespaces, macros, functions, loops, generators.
class Object {
 public:
  virtual ~Object() = default;
  virtual std::string_view type() const = 0;  // Python's name of the type
  virtual std::string repr(Budget&) const = 0;
  // Null: it has no such attribute.
  virtual std::unique_ptr<Value> attribute(Evaluator&, std::string_view name);
  virtual bool callable() const { return false; }
  virtual Value call(Evaluator&, Arguments&& arguments);  // throws Error where it is not callable
  virtual Iterator iterate() { return {}; }               // empty: it cannot be iterated
  virtual int depth() const { return 1; }
};

// The value of a name, attribute or item that is not there. It prints as nothing and is false; most else is an error.
struct Undefined {
  std::shared_ptr<const std::string> why;  // "'tools' is undefined"
};

struct Text {
  std::shared_ptr<const std::string> text;
  bool safe = false;  // Markup: `safe` marked it, and `+` escapes what it is joined with
};

class Value {
 public:
  // In the order of the variant. Missing: a variable that was never set, which only the evaluator sees.
  enum class Kind : uint8_t { missing, undefined, none, boolean, integer, real, text, list, dict, object };

  Value() = default;
  Value(bool value) : value_(value) {}
  Value(int64_t value) : value_(value) {}
  Value(double value) : value_(value) {}
  Value(std::string text, bool safe = false);
  Value(std::string_view text) : Value(std::string(text)) {}
  Value(const char* text) : Value(std::string(text)) {}
  Value(Text text) : value_(std::move(text)) {}
  Value(Undefined undefined) : value_(std::move(undefined)) {}
  Value(std::shared_ptr<const List> list) : value_(std::move(list)) {}
  Value(std::shared_ptr<const Dict> dict) : value_(std::move(dict)) {}
  Value(std::shared_ptr<Object> object) : value_(std::move(object)) {}
  static Value none();
  static Value undefined(std::string why);
  static Value from_json(const io::Json& json);

  Kind kind() const { return static_cast<Kind>(value_.index()); }
  bool is_missing() const { return kind() == Kind::missing; }
  bool is_undefined() const { return kind() == Kind::undefined; }
  bool is_none() const { return kind() == Kind::none; }
  bool is_bool() const { return kind() == Kind::boolean; }
  bool is_int() const { return kind() == Kind::integer; }
  bool is_integral() const { return is_int() || is_bool(); }  // Python's bool is an int
  bool is_number() const { return is_integral() || kind() == Kind::real; }
  bool is_text() const { return kind() == Kind::text; }
  bool is_safe() const { return is_text() && std::get<Text>(value_).safe; }
  bool is_list() const;  // a list, not a tuple
  bool is_tuple() const;
  bool is_dict() const { return kind() == Kind::dict; }

  bool boolean() const { return std::get<bool>(value_); }
  int64_t integer() const { return is_bool() ? static_cast<int64_t>(boolean()) : std::get<int64_t>(value_); }
  double number() const { return kind() == Kind::real ? std::get<double>(value_) : static_cast<double>(integer()); }
  const std::string& text() const { return *std::get<Text>(value_).text; }
  const std::string& why() const { return *std::get<Undefined>(value_).why; }
  const List* list() const;  // any of the kinds of List, or null
  const Dict* dict() const;  // or null
  Object* object() const;    // or null
  std::shared_ptr<Object> shared_object() const;

  std::string_view type() const;        // Python's name: "str", "NoneType"
  int depth() const;                    // how many containers stand in one another
  bool same(const Value& other) const;  // Python's `is`, as far as a template can tell

 private:
  struct None {};
  std::variant<std::monostate, Undefined, None, bool, int64_t, double, Text, std::shared_ptr<const List>,
               std::shared_ptr<const Dict>, std::shared_ptr<Object>>
      value_;
};

// Values may stand in one another up to this depth: what walks them recurses.
inline constexpr int kMaxValueDepth = 600;

// Lists, tuples, and what Python keeps apart from both: ranges, the views of a dict, the groups of `groupby`.
class List {
 public:
  enum class Kind : uint8_t { list, tuple, group, range, keys, values, items };
  List(Kind kind, Values items);
  static Value make(Values items, Kind kind = Kind::list);
  static Value tuple(Values items) { return make(std::move(items), Kind::tuple); }

  Kind kind() const { return kind_; }
  bool is_tuple() const { return kind_ == Kind::tuple || kind_ == Kind::group; }
  bool is_view() const { return kind_ == Kind::keys || kind_ == Kind::values || kind_ == Kind::items; }
  const Values& items() const { return items_; }
  int depth() const { return depth_; }

  std::vector<int64_t> bounds;  // of a range: start, stop, step

 private:
  Kind kind_;
  Values items_;
  int depth_ = 1;
};

// A dict in the order of insertion. Keys are hashable values: 1, 1.0 and true are one key.
class Dict {
 public:
  void set(Value key, Value value);  // throws Error: the key is a list or dict
  const Value* find(const Value& key) const;
  const Value* find(std::string_view key) const;
  const std::vector<std::pair<Value, Value>>& entries() const { return entries_; }
  size_t size() const { return entries_.size(); }
  int depth() const { return depth_; }
  static Value make(Dict dict) { return Value(std::make_shared<const Dict>(std::move(dict))); }

 private:
  std::vector<std::pair<Value, Value>> entries_;
  std::unordered_map<std::string, size_t> index_;  // by hash key
  int depth_ = 1;
};

// What an entry takes beside its key and value.
inline constexpr size_t kEntryBytes = 160;

bool is_hashable(const Value& value);
// How much of a key a dict looks at. Throws Error: a tuple is out of all measure.
size_t key_size(const Value& key);
// The string by which a dict knows a key. Throws Error: "unhashable type: 'list'".
std::string hash_key(const Value& value);

// A function of the engine.
class Function final : public Object {
 public:
  using Body = std::function<Value(Evaluator&, Arguments&&)>;
  Function(std::string name, Body body, int depth = 1)
      : name_(std::move(name)), body_(std::move(body)), depth_(depth) {}
  std::string_view type() const override { return "function"; }
  std::string repr(Budget&) const override { return "<function " + name_ + ">"; }
  bool callable() const override { return true; }
  Value call(Evaluator& evaluator, Arguments&& arguments) override { return body_(evaluator, std::move(arguments)); }
  int depth() const override { return depth_; }

 private:
  std::string name_;
  Body body_;
  int depth_;  // of what the body holds
};

// An integer beyond 64 bits, as JSON can hold: it is passed on and written, no sums are done with it.
class LargeInteger final : public Object {
 public:
  explicit LargeInteger(std::string digits) : digits_(std::move(digits)) {}
  std::string_view type() const override { return "int"; }
  std::string repr(Budget&) const override { return digits_; }
  const std::string& digits() const { return digits_; }

 private:
  std::string digits_;
};
const LargeInteger* large_integer(const Value& value);  // or null

// Items that are worked out when they are asked for, once: what `map`, `select` and their like give.
class Generator final : public Object {
 public:
  Generator(Iterator next, int depth);
  std::string_view type() const override { return "generator"; }
  std::string repr(Budget&) const override { return "<generator object>"; }
  Iterator iterate() override {  // of one place, whoever asks
    return [this](Value& out) { return next_(out); };
  }
  int depth() const override { return depth_; }

 private:
  Iterator next_;
  int depth_;
};

// The one object that a template can change.
class Namespace final : public Object {
 public:
  std::string_view type() const override { return "Namespace"; }
  std::string repr(Budget& budget) const override;
  std::unique_ptr<Value> attribute(Evaluator&, std::string_view name) override;
  void set(const Value& name, Value value);  // throws Error: a name that begins with "_"
  void clear() { attributes_ = {}; }

 private:
  Dict attributes_;
};

bool truth(const Value& value);
// Python's ==. Throws Error where that takes too long.
bool equal(const Value& a, const Value& b, Budget& budget);
// Python's a < b. Throws Error: the two have no order.
bool less(const Value& a, const Value& b, Budget& budget);
// Python's len(). Throws Error: "object of type 'int' has no len()".
int64_t length(const Value& value);
// Python's iter(). Throws Error: "'int' object is not iterable".
Iterator iterate(const Value& value);
bool is_iterable(const Value& value);
Values items_of(const Value& value, Budget& budget);  // all that iter() gives

// For what an undefined value cannot do.
void require_defined(const Value& value);

}  // namespace millet::text::jinja
