#include "millet/text/jinja/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "millet/text/jinja/print.h"
#include "millet/text/jinja/text.h"
#include "millet/text/utf8.h"

namespace millet::text::jinja {

// ---- making

Value::Value(std::string text, bool safe) : value_(Text{std::make_shared<const std::string>(std::move(text)), safe}) {}

Value Value::none() {
  Value out;
  out.value_ = None{};
  return out;
}

Value Value::undefined(std::string why) {
  return Value(Undefined{std::make_shared<const std::string>(std::move(why))});
}

Value Value::from_json(const io::Json& json) {
  switch (json.kind()) {
    case io::Json::Kind::null:
      return none();
    case io::Json::Kind::boolean:
      return {json.as_bool()};
    case io::Json::Kind::integer:
      return {json.as_int()};
    case io::Json::Kind::real:
      if (const std::string* digits = json.large_integer())
        return Value(std::shared_ptr<Object>(std::make_shared<LargeInteger>(*digits)));
      return {json.as_double()};
    case io::Json::Kind::string:
      return {json.as_string()};
    case io::Json::Kind::array: {
      Values items;
      items.reserve(json.size());
      for (const io::Json& item : json.items()) items.push_back(from_json(item));
      return List::make(std::move(items));
    }
    case io::Json::Kind::object:
      break;
  }
  Dict dict;
  for (const auto& [key, value] : json.members()) dict.set(key, from_json(value));
  return Dict::make(std::move(dict));
}

const LargeInteger* large_integer(const Value& value) {
  return dynamic_cast<const LargeInteger*>(value.object());
}

static int checked_depth(int depth) {
  require(depth <= kMaxValueDepth, "lists and dicts stand in one another more than {} levels deep", kMaxValueDepth);
  return depth;
}

List::List(Kind kind, Values items) : kind_(kind), items_(std::move(items)) {
  for (const Value& item : items_) depth_ = std::max(depth_, 1 + item.depth());
  checked_depth(depth_);
}

Value List::make(Values items, Kind kind) {
  return Value(std::make_shared<const List>(kind, std::move(items)));
}

Generator::Generator(Iterator next, int depth) : next_(std::move(next)), depth_(checked_depth(depth)) {}

// ---- looking

bool Value::is_list() const {
  return list() != nullptr && list()->kind() == List::Kind::list;
}
bool Value::is_tuple() const {
  return list() != nullptr && list()->is_tuple();
}

const List* Value::list() const {
  const auto* p = std::get_if<std::shared_ptr<const List>>(&value_);
  return p == nullptr ? nullptr : p->get();
}
const Dict* Value::dict() const {
  const auto* p = std::get_if<std::shared_ptr<const Dict>>(&value_);
  return p == nullptr ? nullptr : p->get();
}
Object* Value::object() const {
  const auto* p = std::get_if<std::shared_ptr<Object>>(&value_);
  return p == nullptr ? nullptr : p->get();
}
std::shared_ptr<Object> Value::shared_object() const {
  const auto* p = std::get_if<std::shared_ptr<Object>>(&value_);
  return p == nullptr ? nullptr : *p;
}

std::string_view Value::type() const {
  switch (kind()) {
    case Kind::missing:
    case Kind::undefined:
      return "Undefined";
    case Kind::none:
      return "NoneType";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::real:
      return "float";
    case Kind::text:
      return is_safe() ? "Markup" : "str";
    case Kind::dict:
      return "dict";
    case Kind::object:
      return object()->type();
    case Kind::list:
      break;
  }
  static constexpr std::string_view names[] = {"list",      "tuple",       "_GroupTuple", "range",
                                               "dict_keys", "dict_values", "dict_items"};
  return names[static_cast<size_t>(list()->kind())];
}

int Value::depth() const {
  if (const List* l = list()) return l->depth();
  if (const Dict* d = dict()) return d->depth();
  if (const Object* o = object()) return o->depth();
  return 0;
}

bool Value::same(const Value& other) const {
  if (kind() != other.kind()) return false;
  switch (kind()) {
    case Kind::boolean:
      return boolean() == other.boolean();
    case Kind::integer:
      return integer() == other.integer();
    case Kind::real:
      return number() == other.number();
    case Kind::text:
      return &text() == &other.text() || (text() == other.text() && is_safe() == other.is_safe());
    case Kind::list:
      return list() == other.list();
    case Kind::dict:
      return dict() == other.dict();
    case Kind::object:
      return object() == other.object();
    default:
      return true;
  }
}

// ---- dicts

std::string hash_key(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::none:
      return "N";
    case Value::Kind::boolean:
    case Value::Kind::integer:
      return "i" + std::to_string(value.integer());
    case Value::Kind::real: {
      const double x = value.number();
      if (x == std::floor(x) && std::abs(x) < 9e18) return "i" + std::to_string(static_cast<int64_t>(x));
      return "f" + std::to_string(std::bit_cast<uint64_t>(x));
    }
    case Value::Kind::text:
      return "s" + value.text();
    case Value::Kind::object:
      if (const LargeInteger* large = large_integer(value)) return "i" + large->digits();
      return fmt::format("o{}", static_cast<const void*>(value.object()));
    case Value::Kind::list:
      if (value.is_tuple()) {
        std::string out = "t";
        for (const Value& item : value.list()->items()) {
          const std::string key = hash_key(item);
          out += std::to_string(key.size()) + ":" + key;
        }
        return out;
      }
      break;
    case Value::Kind::dict:
      break;
    default:
      return "U";
  }
  fail("unhashable type: '{}'", value.type());
}

// A tuple may hold another many times over.
static void count_key(const Value& key, size_t& bytes) {
  bytes += 64 + (key.is_text() ? key.text().size() : 0);
  if (!key.is_tuple()) return;
  require(bytes <= size_t{1} << 20, "a tuple of more than 1 MiB is no key");
  for (const Value& item : key.list()->items()) count_key(item, bytes);
}

size_t key_size(const Value& key) {
  size_t bytes = 0;
  count_key(key, bytes);
  return bytes;
}

bool is_hashable(const Value& value) {
  if (value.is_dict()) return false;
  const List* list = value.list();
  if (list == nullptr) return true;
  return list->is_tuple() && std::all_of(list->items().begin(), list->items().end(), is_hashable);
}

void Dict::set(Value key, Value value) {
  depth_ = checked_depth(std::max({depth_, 1 + key.depth(), 1 + value.depth()}));
  const auto [at, fresh] = index_.try_emplace(hash_key(key), entries_.size());
  if (fresh)
    entries_.emplace_back(std::move(key), std::move(value));
  else
    entries_[at->second].second = std::move(value);
}

const Value* Dict::find(const Value& key) const {
  const auto at = index_.find(hash_key(key));
  return at == index_.end() ? nullptr : &entries_[at->second].second;
}

const Value* Dict::find(std::string_view key) const {
  const auto at = index_.find("s" + std::string(key));
  return at == index_.end() ? nullptr : &entries_[at->second].second;
}

// ---- objects

std::unique_ptr<Value> Object::attribute(Evaluator&, std::string_view) {
  return nullptr;
}
Value Object::call(Evaluator&, Arguments&&) {
  fail("'{}' object is not callable", type());
}

std::string Namespace::repr(Budget& budget) const {
  const Budget::Level level(budget);  // it may hold itself
  std::string out = "<Namespace {";
  for (const auto& [name, value] : attributes_.entries()) {
    if (out.back() != '{') out += ", ";
    out += jinja::repr(name, budget) + ": " + jinja::repr(value, budget);
  }
  budget.make(out.size());
  return out + "}>";
}

std::unique_ptr<Value> Namespace::attribute(Evaluator&, std::string_view name) {
  const Value* value = attributes_.find(name);
  return value == nullptr ? nullptr : std::make_unique<Value>(*value);
}

void Namespace::set(const Value& name, Value value) {
  require(!name.is_text() || !name.text().starts_with("_"),
          "a namespace takes no attribute with an underscore in front: '{}'", name.is_text() ? name.text() : "");
  attributes_.set(name, std::move(value));
}

// ---- what Python does with any value

void require_defined(const Value& value) {
  if (value.is_undefined()) fail("{}", value.why());
}

bool truth(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::missing:
    case Value::Kind::undefined:
    case Value::Kind::none:
      return false;
    case Value::Kind::boolean:
      return value.boolean();
    case Value::Kind::integer:
      return value.integer() != 0;
    case Value::Kind::real:
      return value.number() != 0.0;
    case Value::Kind::text:
      return !value.text().empty();
    case Value::Kind::list:
      return !value.list()->items().empty();
    case Value::Kind::dict:
      return value.dict()->size() > 0;
    case Value::Kind::object:
      return true;
  }
  return true;
}

static bool equal_lists(const List& a, const List& b, Budget& budget) {
  if (a.kind() != b.kind() && !(a.is_tuple() && b.is_tuple())) return false;
  if (a.items().size() != b.items().size()) return false;
  for (size_t i = 0; i < a.items().size(); ++i) {
    if (!equal(a.items()[i], b.items()[i], budget)) return false;
  }
  return true;
}

bool equal(const Value& a, const Value& b, Budget& budget) {
  budget.step();
  if (a.is_number() && b.is_number()) {
    return a.is_integral() && b.is_integral() ? a.integer() == b.integer() : a.number() == b.number();
  }
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Value::Kind::text:
      if (a.text().size() != b.text().size()) return false;
      budget.look(a.text().size());
      return a.text() == b.text();
    case Value::Kind::list:
      return a.list() == b.list() || equal_lists(*a.list(), *b.list(), budget);
    case Value::Kind::dict:
      if (a.dict() == b.dict()) return true;
      if (a.dict()->size() != b.dict()->size()) return false;
      for (const auto& [key, value] : a.dict()->entries()) {
        budget.look(64 + key_size(key));
        const Value* other = b.dict()->find(key);
        if (other == nullptr || !equal(value, *other, budget)) return false;
      }
      return true;
    case Value::Kind::object:
      if (const LargeInteger* x = large_integer(a), *y = large_integer(b); x != nullptr && y != nullptr)
        return x->digits() == y->digits();
      return a.object() == b.object();
    default:
      return true;  // undefined, none
  }
}

bool less(const Value& a, const Value& b, Budget& budget) {
  budget.step();
  require_defined(a);
  require_defined(b);
  if (a.is_number() && b.is_number()) {
    return a.is_integral() && b.is_integral() ? a.integer() < b.integer() : a.number() < b.number();
  }
  if (a.is_text() && b.is_text()) {
    budget.look(std::min(a.text().size(), b.text().size()));
    return a.text() < b.text();  // the order of bytes is that of code points
  }
  if ((a.is_list() && b.is_list()) || (a.is_tuple() && b.is_tuple())) {
    const Values &x = a.list()->items(), &y = b.list()->items();
    for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
      if (!equal(x[i], y[i], budget)) return less(x[i], y[i], budget);
    }
    return x.size() < y.size();
  }
  fail("'<' not supported between instances of '{}' and '{}'", a.type(), b.type());
}

int64_t length(const Value& value) {
  if (value.is_text()) {
    return count_characters(value.text());
  }
  if (const List* l = value.list()) return static_cast<int64_t>(l->items().size());
  if (const Dict* d = value.dict()) return static_cast<int64_t>(d->size());
  if (value.is_undefined()) return 0;
  fail("object of type '{}' has no len()", value.type());
}

bool is_iterable(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::undefined:
    case Value::Kind::text:
    case Value::Kind::list:
    case Value::Kind::dict:
      return true;
    case Value::Kind::object:
      return static_cast<bool>(value.object()->iterate());
    default:
      return false;
  }
}

Iterator iterate(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::undefined:
      return [](Value&) { return false; };
    case Value::Kind::text:
      return [value, at = size_t{0}](Value& out) mutable {
        if (at >= value.text().size()) return false;
        const size_t bytes = utf8_at(value.text(), at).bytes;
        out = Value(value.text().substr(at, bytes));
        at += bytes;
        return true;
      };
    case Value::Kind::list:
      return [value, at = size_t{0}](Value& out) mutable {
        const Values& items = value.list()->items();
        if (at >= items.size()) return false;
        out = items[at++];
        return true;
      };
    case Value::Kind::dict:
      return [value, at = size_t{0}](Value& out) mutable {
        const auto& entries = value.dict()->entries();
        if (at >= entries.size()) return false;
        out = entries[at++].first;
        return true;
      };
    case Value::Kind::object:
      if (Iterator next = value.object()->iterate()) {
        // A generator's own place moves on; the object must live as long as what iterates it.
        return [keep = value.shared_object(), next = std::move(next)](Value& out) { return next(out); };
      }
      break;
    default:
      break;
  }
  fail("'{}' object is not iterable", value.type());
}

Values items_of(const Value& value, Budget& budget) {
  if (const List* l = value.list()) {
    budget.make(l->items().size() * sizeof(Value));
    return l->items();
  }
  Values out;
  Value item;
  for (const Iterator next = iterate(value); next(item);) {
    budget.make(sizeof(Value));
    out.push_back(item);
  }
  return out;
}

}  // namespace millet::text::jinja
