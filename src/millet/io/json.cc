#include "millet/io/json.h"

#include <functional>

#include "millet/core/fields.h"
#include "millet/io/checksum.h"
#include "millet/io/file.h"

namespace millet::io {

// NOTE: children live in vectors and point back to the Json that holds them, so every operation that moves them
// (growing a vector, moving the parent) sets those pointers again. That is what lets a plain reference, got by any
// loop or find, name its whole path in an error, at eight bytes a value and no cost on the way.
struct Json::Items {
  std::vector<Json> values;
  std::string source;  // at the root: the file
};

struct Json::Table {
  std::vector<Member> members;
  std::vector<uint32_t> slots;  // open addressing over `members`, empty while there are few; 0 = free, else index + 1
  std::string source;

  static constexpr size_t kFew = 12;  // up to here a walk along the keys is as fast

  size_t first_slot(std::string_view key) const {
    // Seeded with an address, so that nobody can prepare keys that collide. Order and results don't depend on it.
    return hash64(key, reinterpret_cast<uintptr_t>(this)) & (slots.size() - 1);
  }

  const Member* find(std::string_view key) const {
    if (slots.empty()) {
      for (const Member& m : members) {
        if (m.key == key) return &m;
      }
      return nullptr;
    }
    for (size_t s = first_slot(key); slots[s] != 0; s = (s + 1) & (slots.size() - 1)) {
      if (members[slots[s] - 1].key == key) return &members[slots[s] - 1];
    }
    return nullptr;
  }

  void place(size_t index) {
    size_t s = first_slot(members[index].key);
    while (slots[s] != 0) s = (s + 1) & (slots.size() - 1);
    slots[s] = static_cast<uint32_t>(index + 1);
  }

  // Remakes the index: after an erasure or when it is more than half full.
  void index() {
    slots.clear();
    if (members.size() <= kFew) return;
    size_t room = 64;
    while (room < members.size() * 4) room *= 2;
    slots.resize(room);
    for (size_t i = 0; i < members.size(); ++i) place(i);
  }

  Member& add(std::string_view key) {  // the key must be new
    members.push_back({std::string(key), Json()});
    if (slots.size() < members.size() * 2)
      index();
    else
      place(members.size() - 1);
    return members.back();
  }
};

// ---- making

void Json::Delete::operator()(Items* items) const noexcept {
  delete items;
}
void Json::Delete::operator()(Table* table) const noexcept {
  delete table;
}

Json::~Json() = default;

Json::Json(const Json& other) {
  if (const auto* items = std::get_if<ItemsOwner>(&other.value_))
    value_ = ItemsOwner(new Items(**items));
  else if (const auto* table = std::get_if<TableOwner>(&other.value_)) {
    TableOwner copy(new Table(**table));
    copy->index();  // the index is seeded with the table's address
    value_ = std::move(copy);
  } else if (const auto* text = std::get_if<std::string>(&other.value_))
    value_ = *text;
  else if (const auto* real = std::get_if<Real>(&other.value_))
    value_ = Real{real->value, real->digits ? std::make_unique<const std::string>(*real->digits) : nullptr};
  else if (const auto* whole = std::get_if<int64_t>(&other.value_))
    value_ = *whole;
  else if (const auto* truth = std::get_if<bool>(&other.value_))
    value_ = *truth;
  adopt();
}

Json::Json(Json&& other) noexcept : value_(std::move(other.value_)) {
  other.value_ = nullptr;
  adopt();
}

Json& Json::operator=(Json other) noexcept {
  value_.swap(other.value_);  // parent_ stays: the place is the same, the value is new
  adopt();
  return *this;
}

void Json::adopt() noexcept {
  if (auto* items = std::get_if<ItemsOwner>(&value_)) {
    for (Json& child : (*items)->values) child.parent_ = this;
  } else if (auto* table = std::get_if<TableOwner>(&value_)) {
    for (Member& m : (*table)->members) m.value.parent_ = this;
  }
}

Json Json::array(std::initializer_list<Json> items) {
  Json out;
  out.value_ = ItemsOwner(new Items);
  for (const Json& item : items) out.append(item);
  return out;
}

Json Json::object(std::initializer_list<std::pair<std::string_view, Json>> members) {
  Json out;
  out.value_ = TableOwner(new Table);
  for (const auto& [key, value] : members) out[key] = value;
  return out;
}

// ---- looking

std::string_view name_of(Json::Kind kind) {
  static constexpr std::string_view names[] = {"null",     "true or false", "an integer", "a number",
                                               "a string", "an array",      "an object"};
  return names[static_cast<size_t>(kind)];
}

bool Json::as_bool() const {
  if (const bool* v = std::get_if<bool>(&value_)) return *v;
  refuse("is {}, not true or false", name_of(kind()));
}

int64_t Json::as_int() const {
  if (const int64_t* v = std::get_if<int64_t>(&value_)) return *v;
  if (kind() == Kind::real) refuse("is {}, not an integer", dump());
  refuse("is {}, not an integer", name_of(kind()));
}

double Json::as_double() const {
  if (const Real* v = std::get_if<Real>(&value_)) return v->value;
  if (const int64_t* v = std::get_if<int64_t>(&value_)) return static_cast<double>(*v);
  refuse("is {}, not a number", name_of(kind()));
}

const std::string& Json::as_string() const {
  if (const std::string* v = std::get_if<std::string>(&value_)) return *v;
  refuse("is {}, not a string", name_of(kind()));
}

std::vector<int64_t> Json::as_ints() const {
  std::vector<int64_t> out;
  out.reserve(items().size());
  for (const Json& item : items()) out.push_back(item.as_int());
  return out;
}

const std::string* Json::large_integer() const {
  const Real* real = std::get_if<Real>(&value_);
  return real == nullptr ? nullptr : real->digits.get();
}

std::vector<double> Json::as_doubles() const {
  std::vector<double> out;
  out.reserve(items().size());
  for (const Json& item : items()) out.push_back(item.as_double());
  return out;
}

std::vector<std::string> Json::as_strings() const {
  std::vector<std::string> out;
  out.reserve(items().size());
  for (const Json& item : items()) out.push_back(item.as_string());
  return out;
}

std::span<const Json> Json::items() const {
  if (const auto* v = std::get_if<ItemsOwner>(&value_)) return (*v)->values;
  refuse("is {}, not an array", name_of(kind()));
}

std::span<const Json::Member> Json::members() const {
  if (const auto* v = std::get_if<TableOwner>(&value_)) return (*v)->members;
  refuse("is {}, not an object", name_of(kind()));
}

size_t Json::size() const {
  return is_array() ? items().size() : members().size();
}

const Json* Json::find(std::string_view key) const {
  const auto* table = std::get_if<TableOwner>(&value_);
  if (table == nullptr) return nullptr;
  const Member* member = (*table)->find(key);
  return member == nullptr ? nullptr : &member->value;
}

const Json& Json::at(std::string_view key) const {
  if (const Json* value = find(key)) return *value;
  std::vector<std::string> keys;
  if (members().size() <= 1000) {  // in a vocabulary the nearest entry would tell nobody anything
    for (const Member& m : members()) keys.push_back(m.key);
  }
  const std::string near = nearest(key, keys);
  if (near.empty()) refuse("has no key '{}'", key);
  refuse("has no key '{}', only '{}'", key, near);
}

const Json& Json::at(size_t index) const {
  if (index < items().size()) return items()[index];
  refuse("has {} items, there is no [{}]", items().size(), index);
}

static const Json* present(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool Json::bool_or(std::string_view key, bool fallback) const {
  const Json* value = present(*this, key);
  return value == nullptr ? fallback : value->as_bool();
}

int64_t Json::int_or(std::string_view key, int64_t fallback) const {
  const Json* value = present(*this, key);
  return value == nullptr ? fallback : value->as_int();
}

double Json::double_or(std::string_view key, double fallback) const {
  const Json* value = present(*this, key);
  return value == nullptr ? fallback : value->as_double();
}

std::string Json::string_or(std::string_view key, std::string_view fallback) const {
  const Json* value = present(*this, key);
  return value == nullptr ? std::string(fallback) : value->as_string();
}

std::string Json::path() const {
  if (parent_ == nullptr) return "";
  std::string out = parent_->path();
  if (parent_->is_array()) return out + fmt::format("[{}]", this - parent_->items().data());
  if (!out.empty()) out += '.';
  for (const Member& m : parent_->members()) {
    if (&m.value == this) out += m.key;
  }
  return out;
}

std::string Json::source() const {
  const Json* root = this;
  while (root->parent_ != nullptr) root = root->parent_;
  if (const auto* items = std::get_if<ItemsOwner>(&root->value_)) return (*items)->source;
  if (const auto* table = std::get_if<TableOwner>(&root->value_)) return (*table)->source;
  return {};
}

std::string Json::place() const {
  const std::string file = source();
  const std::string where = path();
  if (file.empty()) return where.empty() ? "the JSON value" : where;
  return where.empty() ? file : file + ": " + where;
}

// ---- changing

void Json::set_source(std::string source) {
  if (auto* items = std::get_if<ItemsOwner>(&value_))
    (*items)->source = std::move(source);
  else if (auto* table = std::get_if<TableOwner>(&value_))
    (*table)->source = std::move(source);
}

Json::Table& Json::table() {
  if (is_null()) value_ = TableOwner(new Table);
  if (auto* v = std::get_if<TableOwner>(&value_)) return **v;
  refuse("is {}, not an object", name_of(kind()));
}

Json& Json::operator[](std::string_view key) {
  Table& to = table();
  if (const Member* known = to.find(key)) return const_cast<Member*>(known)->value;
  const size_t room = to.members.capacity();
  Json& value = to.add(key).value;
  if (to.members.capacity() != room)
    adopt();
  else
    value.parent_ = this;
  return value;
}

Json& Json::operator[](size_t index) {
  return const_cast<Json&>(std::as_const(*this).at(index));
}

Json& Json::append(Json item) {
  if (is_null()) value_ = ItemsOwner(new Items);
  auto* v = std::get_if<ItemsOwner>(&value_);
  if (v == nullptr) refuse("is {}, not an array", name_of(kind()));
  std::vector<Json>& values = (*v)->values;
  const size_t room = values.capacity();
  values.push_back(std::move(item));
  if (values.capacity() != room)
    adopt();
  else
    values.back().parent_ = this;
  return values.back();
}

bool Json::erase(std::string_view key) {
  Table& from = table();
  const Member* known = from.find(key);
  if (known == nullptr) return false;
  from.members.erase(from.members.begin() + (known - from.members.data()));
  from.index();
  return true;
}

bool operator==(const Json& a, const Json& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Json::Kind::array: {
      const auto x = a.items(), y = b.items();
      return std::equal(x.begin(), x.end(), y.begin(), y.end());
    }
    case Json::Kind::object:
      if (a.size() != b.size()) return false;
      for (const auto& [key, value] : a.members()) {
        const Json* other = b.find(key);
        if (other == nullptr || !(*other == value)) return false;
      }
      return true;
    default:
      return a.value_ == b.value_;
  }
}

Json read_json(const std::filesystem::path& path) {
  return Json::parse(read_file(path), path.string());
}

}  // namespace millet::io
